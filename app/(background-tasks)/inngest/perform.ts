import { setTimeout as delay } from "node:timers/promises";
import { NonRetriableError } from "inngest";
import { env } from "@/lib/env";
import { hasEnded, jobLimits, type StepState } from "../contract";
import { type JobRow, lockRow, updateRow } from "../jobs/rows";
import { type Transaction, transact } from "../jobs/transact";
import { buryIn } from "./bury";
import { causeFault, pauseOf } from "./faults";
import { nextAttempt } from "./next-attempt";
import type { StartData } from "./start-data";
import { inTurn } from "./turns";

export interface StepCall {
  start: StartData;
  name: string;
  /** Its place in the list of steps. */
  position: number;
  /** Where the faults that were asked for happen. */
  faulty?: boolean;
  /** With its effect the job is done, and this is the result. */
  last?: boolean;
}

/** One attempt at it: 1 for the first. Counted here, by our own failures, and not by Inngest. */
interface Attempt extends StepCall {
  attempt: number;
}

/**
 * Runs one step of a job. `effect` and its line in the ledger are one transaction, and the ledger
 * takes a step of a job once: whatever is repeated, after a crash, a retry or a replay, finds the
 * line and answers what it says.
 *
 * @param effect what is done, and answers what the ledger keeps
 * @throws NonRetriableError where the job was cancelled, RetryAfterError where an attempt failed
 */
export async function perform<T extends object>(
  call: StepCall,
  effect: (tx: Transaction, job: JobRow) => Promise<T>,
): Promise<T> {
  const { job, stored, attempt, deaths } = await begin(call);
  if (stored) return stored as T;
  const made: Attempt = { ...call, attempt };
  try {
    assertLives(deaths);
    await delay(pauseOf(job));
    if (call.faulty) causeFault(job, attempt - 1);
    return await commit(made, effect);
  } catch (error) {
    throw await noteFailure(made, error);
  }
}

/** A step that ends its process each time would do so for ever: no attempt of it fails. */
function assertLives(deaths: number): void {
  if (deaths <= jobLimits.deaths) return;
  throw new NonRetriableError(`The process died ${deaths} times while this step ran.`);
}

const transactInTurn = <T>(work: (tx: Transaction) => Promise<T>) => inTurn(() => transact(work));

/** Marks the step as running, unless the ledger has it. */
function begin(call: StepCall) {
  return transactInTurn(async (tx) => {
    const job = await current(tx, call);
    const { name, position } = call;
    const done = await tx.query("SELECT effect FROM ledger WHERE job = $1 AND step = $2", [
      job.id,
      name,
    ]);
    const stored = done.rows[0]?.effect as object | undefined;
    // A step that failed is at its next attempt. One that is running died with its process, or runs
    // in two runs of the job at once: that is the same attempt.
    const { rows } = await tx.query<{ attempt: number; runs: number }>(
      `INSERT INTO job_step (job_id, name, position, status, attempt, instance)
       VALUES ($1, $2, $3, $4, 1, $5)
       ON CONFLICT (job_id, name) DO UPDATE SET status = $4, instance = $5,
         attempt = job_step.attempt +
           CASE WHEN job_step.status = 'retrying' AND $4 = 'running' THEN 1 ELSE 0 END,
         runs = job_step.runs + 1, due_at = NULL, finished_at = CASE $4 WHEN 'done' THEN now() END
       RETURNING attempt, runs`,
      [job.id, name, position, stored ? "done" : "running", env().INSTANCE_NAME],
    );
    const { attempt = 1, runs = 1 } = rows[0] ?? {};
    await tell(tx, job, { ...call, attempt }, stored ? "done" : "running");
    // A step that was done when its process died may have been the last one.
    if (stored && call.last) await finish(tx, job, stored);
    return { job, stored, attempt, deaths: runs - attempt };
  });
}

/** Does it, and writes it into the ledger: both, or neither. */
function commit<T extends object>(
  call: Attempt,
  effect: (tx: Transaction, job: JobRow) => Promise<T>,
): Promise<T> {
  const { name } = call;
  return transactInTurn(async (tx) => {
    const job = await current(tx, call);
    const found = await tx.query("SELECT effect FROM ledger WHERE job = $1 AND step = $2", [
      job.id,
      name,
    ]);
    // The row is locked: a run that was thought dead has done it, or nobody will before us.
    const result: T = found.rows[0]?.effect ?? (await effect(tx, job));
    if (!found.rows[0]) {
      const instance = env().INSTANCE_NAME;
      await tx.query("INSERT INTO ledger (job, step, effect, instance) VALUES ($1, $2, $3, $4)", [
        job.id,
        name,
        JSON.stringify(result),
        instance,
      ]);
      tx.note(job.userId, { type: "effect", id: job.id, step: name, instance });
    }
    await tx.query(
      `UPDATE job_step SET status = 'done', error = NULL, due_at = NULL, finished_at = now()
        WHERE job_id = $1 AND name = $2`,
      [job.id, name],
    );
    if (call.last) {
      noteStep(tx, job, call, "done");
      await finish(tx, job, result);
    } else await tell(tx, job, call, "done");
    return result;
  });
}

/**
 * Notes that an attempt failed and when the next one is. After the last one the job is a dead letter in
 * the same transaction: Inngest need not call us again for that. Answers the error for Inngest.
 */
async function noteFailure(call: Attempt, error: unknown): Promise<unknown> {
  const { retry, dueAt, message } = nextAttempt(error, call.attempt - 1, Date.now(), Math.random);
  await transactInTurn(async (tx) => {
    const job = await current(tx, call);
    const { rowCount } = await tx.query(
      `UPDATE job_step SET status = $4, error = $5, due_at = $6
        WHERE job_id = $1 AND name = $2 AND attempt = $3 AND status = 'running'`,
      [job.id, call.name, call.attempt, dueAt ? "retrying" : "failed", message, dueAt],
    );
    // Another run of the job has noted this attempt, or has done the step.
    if (rowCount === 0) return;
    await tell(tx, job, call, dueAt ? "retrying" : "failed", message);
    if (!dueAt) await buryIn(tx, job, message);
  });
  return retry;
}

/** The job, locked, if this run of it is still the one that counts. */
async function current(tx: Transaction, { start }: StepCall): Promise<JobRow> {
  const job = await lockRow(tx, start.jobId);
  if (job && job.round === start.round && !hasEnded(job.status)) return job;
  // Ended by a cancellation or by a later round: repeating it would change nothing.
  throw new NonRetriableError(`The job is ${job?.status ?? "gone"}; nothing more is done for it.`);
}

/** Tells of a step, and brings the job's row into line with its steps. */
async function tell(
  tx: Transaction,
  job: JobRow,
  call: Attempt,
  status: StepState["status"],
  error: string | null = null,
): Promise<void> {
  noteStep(tx, job, call, status, error);
  await updateRow(
    tx,
    job,
    `instance = $2, attempt = $3, max_attempts = $4, started_at = coalesce(started_at, now()),
     error = $5,
     due_at = (SELECT min(due_at) FROM job_step WHERE job_id = $1 AND status = 'retrying'),
     status = CASE WHEN EXISTS (SELECT 1 FROM job_step WHERE job_id = $1 AND status = 'retrying')
         AND NOT EXISTS (SELECT 1 FROM job_step WHERE job_id = $1 AND status = 'running')
       THEN 'retrying' ELSE 'running' END`,
    [env().INSTANCE_NAME, call.attempt, jobLimits.attempts, error],
  );
}

function noteStep(
  tx: Transaction,
  job: JobRow,
  { name, attempt }: Attempt,
  status: StepState["status"],
  error: string | null = null,
): void {
  const instance = env().INSTANCE_NAME;
  const event = { type: "step", id: job.id, name, status, attempt } as const;
  tx.note(job.userId, { ...event, instance, error });
}

const finish = (tx: Transaction, job: JobRow, result: object) =>
  updateRow(
    tx,
    job,
    "status = 'done', result = $2, error = NULL, due_at = NULL, finished_at = now()",
    [JSON.stringify(result)],
  );
