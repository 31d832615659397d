import { setTimeout as delay } from "node:timers/promises";
import { flushDue } from "./batches.ts";
import { tick } from "./cron.ts";
import type { Tx } from "./database.ts";
import type { Executor } from "./executor.ts";
import { pauses } from "./pauses.ts";
import { prune } from "./prune.ts";
import { addJob, type Handlers, prepareQueue, startQueue } from "./queue.ts";
import { keepRegistered, loadFunctions } from "./registry.ts";
import { makeCall } from "./settle.ts";
import { timeUp } from "./waits.ts";

export interface Engine {
  /** Rejects or resolves when the queue has ended by itself. */
  ended: Promise<void>;
  /** Lets calls under way finish for `graceMs`, then leaves them to the next start. */
  stop(graceMs: number): Promise<void>;
}

/** What runs while this process holds the lock: the queue, the registrations, the pruning. */
export async function startEngine(
  ex: Executor,
  abort: AbortController,
  concurrency: number,
  wakers: Map<string, () => void>,
): Promise<Engine> {
  await prepareQueue(ex);
  await ex.db.transaction(async (tx) => {
    ex.functions.clear();
    await loadFunctions(ex, tx);
    await resume(tx);
  });

  const inTransaction = (work: (tx: Tx) => Promise<void>) => ex.db.transaction(work);
  const handlers: Handlers = {
    call: ({ call }) => makeCall(ex, call),
    timer: ({ run, step }) => inTransaction((tx) => timeUp(ex, tx, run, step)),
    batch: ({ function: id, key }) => inTransaction((tx) => flushDue(ex, tx, id, key)),
    cron: ({ function: id, cron }) => inTransaction((tx) => tick(ex, tx, id, cron)),
  };
  let stopping = false;
  // A queue that stops while it looks for jobs calls that an error. What it held is freed at the next start.
  const log = (line: string) => stopping || ex.log(line);
  const runner = await startQueue({ db: ex.db, concurrency, log }, handlers);

  const loops = ex.instances.all.map((instance) => {
    const { pause, wake } = pauses(ex.signal);
    wakers.set(instance.url, wake);
    return keepRegistered(ex, instance, pause);
  });
  loops.push(prune(ex));

  return {
    ended: runner.promise,
    async stop(graceMs) {
      stopping = true;
      const stopped = runner.stop().catch(() => undefined);
      await Promise.race([stopped, delay(graceMs, undefined, { ref: false })]);
      abort.abort();
      await Promise.all([...loops, stopped]);
    },
  };
}

/**
 * After a stop or a death: what was under way is due again, what was parked looks for a place again.
 * A job too many does no harm, a call is claimed once.
 */
async function resume(tx: Tx): Promise<void> {
  // Of a step both begun and due again, one call is left: the one that is due.
  await tx.query(
    `delete from calls using calls as due
     where calls.started_at is not null and due.started_at is null
       and due.run_id = calls.run_id and due.step_id = calls.step_id`,
  );
  await tx.query(
    "delete from calls using runs where runs.id = calls.run_id and runs.ended_at is not null",
  );
  const { rows } = await tx.query<{ id: string }>(
    `update calls set started_at = null, parked = false, slot = null
     where started_at is not null or parked returning id`,
  );
  for (const { id } of rows) await addJob(tx, "call", { call: id });
  const crons = await tx.query<{ function_id: string; cron: string; next_at: Date }>(
    "select * from crons",
  );
  for (const { function_id, cron, next_at } of crons.rows) {
    await addJob(
      tx,
      "cron",
      { function: function_id, cron },
      next_at.getTime(),
      `cron:${function_id}:${cron}`.slice(0, 500),
    );
  }
}
