import { Logger, makeWorkerUtils, type Runner, run, type TaskList } from "graphile-worker";
import type { Database, Tx } from "./database.ts";
import { QUEUE_SCHEMA } from "./schema.sql.ts";

/** The kinds of jobs and what they carry. Each is safe to deliver twice: the tables decide. */
export interface Jobs {
  /** Call the app for a row of `calls`. */
  call: { call: string };
  /** A step that sleeps or waits is due. */
  timer: { run: string; step: string };
  /** A batch of events has waited long enough. */
  batch: { function: string; key: string };
  /** A schedule is due. */
  cron: { function: string; cron: string };
}

export type Handlers = { [Name in keyof Jobs]: (payload: Jobs[Name]) => Promise<void> };

/** The function of Postgres that adds a job and wakes the worker when the transaction commits. */
export const ADD_JOB = `${QUEUE_SCHEMA}.add_job`;

/** Adds a job in the caller's transaction: it exists exactly when the change of state does. */
export async function addJob<Name extends keyof Jobs>(
  tx: Tx,
  name: Name,
  payload: Jobs[Name],
  at: number | undefined = undefined,
  key: string | undefined = undefined,
): Promise<void> {
  await tx.query(
    `select 1 from ${ADD_JOB}($1, $2::json, run_at => $3::timestamptz, job_key => $4)`,
    [name, JSON.stringify(payload), at === undefined ? null : new Date(at), key ?? null],
  );
}

interface QueueOptions {
  db: Database;
  concurrency: number;
  log: (line: string) => void;
}

function settings({ db, log }: Pick<QueueOptions, "db" | "log">) {
  const logger = new Logger(() => (level, message) => {
    if (level === "error") log(`queue: ${message}`);
  });
  return { pgPool: db.queuePool, schema: QUEUE_SCHEMA, logger, noHandleSignals: true };
}

/**
 * Creates the tables of the queue and frees the jobs of a worker that was killed, which would keep
 * them for four hours. Only the one that holds the lock of the database may do that.
 */
export async function prepareQueue(options: Pick<QueueOptions, "db" | "log">): Promise<void> {
  const utils = await makeWorkerUtils(settings(options));
  try {
    await utils.migrate();
    const { rows } = await options.db.queuePool.query<{ locked_by: string }>(
      `select distinct locked_by from ${QUEUE_SCHEMA}.jobs where locked_by is not null`,
    );
    if (rows.length > 0) await utils.forceUnlockWorkers(rows.map((row) => row.locked_by));
  } finally {
    await utils.release();
  }
}

/** Works jobs until stopped. Jobs wake it by LISTEN/NOTIFY; those of later are looked for by polling. */
export function startQueue(options: QueueOptions, handlers: Handlers): Promise<Runner> {
  const taskList = Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (payload: unknown) => (handle as (payload: unknown) => Promise<void>)(payload),
    ]),
  ) as TaskList;
  return run({
    ...settings(options),
    taskList,
    concurrency: options.concurrency,
    pollInterval: 250,
    preset: {
      worker: {
        // One poll for all workers, not one each.
        localQueue: { size: options.concurrency },
        // Batched, a failure to complete a job ends the queue; one by one, it would end the process.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
}
