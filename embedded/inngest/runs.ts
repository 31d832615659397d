import type { Tx } from "./database.ts";
import { receive } from "./events.ts";
import { type ErrorValue, type EventValue, type Executor, errorOf } from "./executor.ts";
import { ADD_JOB } from "./queue.ts";
import { completeStep } from "./steps.ts";
import { ulid } from "./ulid.ts";

export interface Run {
  id: string;
  function_id: string;
  status: "Scheduled" | "Running" | "Completed" | "Failed" | "Cancelled";
  event_ids: string[];
  events: EventValue[];
  attempt: number;
  parent_run: string | null;
  parent_step: string | null;
  ended_at: Date | null;
}

export interface NewRun {
  events: EventValue[];
  eventIds: string[];
  /** The tick of a schedule: there is one run for each. */
  tick?: { cron: string; at: number };
  /** The step that waits for the end of the run. */
  parent?: { run: string; step: string };
}

/** The step id of the call that looks for the next step of a function. */
export const DISCOVER = "step";

/** Adds a run and its first call. */
export async function createRun(
  ex: Executor,
  tx: Tx,
  functionId: string,
  { events, eventIds, tick, parent }: NewRun,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into runs (id, function_id, event_ids, events, cron, cron_tick, parent_run, parent_step)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning id`,
    [
      ulid(ex.now()),
      functionId,
      eventIds,
      JSON.stringify(events),
      tick?.cron,
      tick && new Date(tick.at),
      parent?.run,
      parent?.step,
    ],
  );
  if (rows[0]) await scheduleCall(ex, tx, rows[0].id, DISCOVER);
  return rows[0]?.id;
}

/** Makes a call due, unless one that has not begun is there already: the join of parallel steps is one call. */
export async function scheduleCall(
  ex: Executor,
  tx: Tx,
  run: string,
  step: string,
  delayMs = 0,
): Promise<void> {
  const due = ex.now() + delayMs;
  await tx.query(
    `with call as (
       insert into calls (run_id, step_id, due_at) values ($1, $2, $3)
       on conflict (run_id, step_id) where started_at is null do nothing returning id
     )
     select ${ADD_JOB}('call', json_build_object('call', id::text), run_at => $4) from call`,
    [run, step, new Date(due), delayMs ? new Date(due) : null],
  );
}

/** The run, locked until the end of the transaction; undefined where there is none or it has ended. */
export async function lockRun(tx: Tx, id: string): Promise<Run | undefined> {
  const { rows } = await tx.query<Run>("select * from runs where id = $1 for update", [id]);
  return rows[0]?.ended_at === null ? rows[0] : undefined;
}

/** The function has returned. */
export function completeRun(ex: Executor, tx: Tx, run: Run, output: unknown): Promise<void> {
  return endRun(ex, tx, run, "Completed", output);
}

/** The function has failed for good: whoever listens to `inngest/function.failed` is told. */
export async function failRun(ex: Executor, tx: Tx, run: Run, error: ErrorValue): Promise<void> {
  await endRun(ex, tx, run, "Failed", error);
  await tell(ex, tx, run, "inngest/function.failed", error);
}

/**
 * Ends a run that is not over; false where it is. What is due is dropped. A call under way is not
 * interrupted: its answer counts for nothing, and it keeps its place under a limit until then.
 */
export async function cancelRun(ex: Executor, tx: Tx, id: string): Promise<boolean> {
  const run = await lockRun(tx, id);
  if (!run) return false;
  const error = errorOf({ message: "function cancelled" });
  await endRun(ex, tx, run, "Cancelled", null);
  await tell(ex, tx, run, "inngest/function.cancelled", error);
  return true;
}

async function endRun(ex: Executor, tx: Tx, run: Run, status: Run["status"], output: unknown) {
  await tx.query(
    `with due as (delete from calls where run_id = $1 and started_at is null),
       open as (update steps set status = 'dropped' where run_id = $1 and status = 'pending')
     update runs set status = $2, output = $3, ended_at = now() where id = $1`,
    [run.id, status, JSON.stringify(output ?? null)],
  );
  if (!run.parent_run || !run.parent_step) return;
  const parent = await lockRun(tx, run.parent_run);
  if (!parent) return;
  const memo =
    status === "Completed"
      ? { data: output ?? null }
      : {
          error: errorOf(
            status === "Failed" ? output : { message: "the invoked function was cancelled" },
          ),
        };
  await completeStep(ex, tx, parent, run.parent_step, memo);
}

async function tell(ex: Executor, tx: Tx, run: Run, name: string, error: ErrorValue) {
  const [event] = run.events;
  const data = { function_id: run.function_id, run_id: run.id, event, events: run.events, error };
  await receive(ex, tx, { name, data });
}
