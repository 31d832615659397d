import { slotOf, takeSlot } from "./concurrency.ts";
import type { Config } from "./config.ts";
import type { Tx } from "./database.ts";
import { type Executor, errorOf } from "./executor.ts";
import { addJob } from "./queue.ts";
import { DISCOVER, failRun, type Run } from "./runs.ts";
import { type Step, stepsOf } from "./steps.ts";

/** How long a run waits for its function to be registered again, in milliseconds. */
const MISSING_MS = 60_000;

/** A call that may now be made: nobody else makes it. */
export interface Claimed {
  id: string;
  step: string;
  run: Run;
  config: Config;
  steps: Step[];
  losses: number;
  delays: number;
}

interface Due {
  step_id: string;
  losses: number;
  delays: number;
  /** Whether the same step is being called at this moment. */
  twin: boolean;
}

/**
 * Marks a call as under way. Undefined where it is not to be made now: its run has ended, it is
 * under way already, its limit is reached (it is parked), its function is not registered.
 */
export async function claim(ex: Executor, tx: Tx, id: string): Promise<Claimed | undefined> {
  const found = await tx.query<Run>(
    "select runs.* from calls join runs on runs.id = calls.run_id where calls.id = $1 for update of runs",
    [id],
  );
  const run = found.rows[0];
  if (!run || run.ended_at) return undefined;
  const { rows } = await tx.query<Due>(
    `select step_id, losses, delays, exists (
       select 1 from calls twin where twin.run_id = calls.run_id
         and twin.step_id = calls.step_id and twin.started_at is not null
     ) as twin from calls where id = $1 and started_at is null for update`,
    [id],
  );
  const call = rows[0];
  if (!call) return undefined;
  const config = ex.functions.get(run.function_id);
  if (!config) {
    await waitForFunction(ex, tx, id, run);
    return undefined;
  }
  // A look for new steps while another is under way (a race): one after the other, or both find the same step.
  if (call.twin) {
    await postpone(ex, tx, id, 50);
    return undefined;
  }
  const [event] = run.events;
  const slot = event && slotOf(config, event);
  if (slot && config.concurrency) {
    const free = await takeSlot(tx, id, slot, config.concurrency.limit);
    if (!free) return undefined;
  }
  await tx.query(
    `with begun as (update calls set started_at = now() where id = $1)
     update runs set status = 'Running', started_at = now() where id = $2 and status = 'Scheduled'`,
    [id, run.id],
  );
  const steps = await stepsOf(tx, run.id);
  const { losses, delays } = call;
  return { id, step: call.step_id, run, config, steps, losses, delays };
}

/**
 * The function of a run is not registered. While an application is replaced its instances may register turn by turn
 * what one has and another has not; a function that stays away is gone, or is refused now, and its run fails.
 */
async function waitForFunction(ex: Executor, tx: Tx, call: string, run: Run): Promise<void> {
  const since = ex.missing.get(run.function_id) ?? ex.now();
  ex.missing.set(run.function_id, since);
  if (ex.now() - since < MISSING_MS) return postpone(ex, tx, call, 1_000);
  const message = `The function ${run.function_id} is not registered any more.`;
  await failRun(ex, tx, run, errorOf({ message }));
}

/** Puts a call that has not begun off; its row stays. */
export async function postpone(ex: Executor, tx: Tx, id: string, ms: number): Promise<void> {
  const due = ex.now() + ms;
  await tx.query("update calls set due_at = $2, parked = false where id = $1", [id, new Date(due)]);
  await addJob(tx, "call", { call: id }, due);
}

/** The attempt of a call, from 0: planned steps count their own. */
export function attemptOf({ step, run, steps }: Claimed): number {
  if (step === DISCOVER) return run.attempt;
  return steps.find((each) => each.id === step)?.attempt ?? 0;
}
