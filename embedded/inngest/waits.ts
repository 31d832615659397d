import type { Tx } from "./database.ts";
import { type EventValue, type Executor, errorOf } from "./executor.ts";
import { matches } from "./expression.ts";
import { lockRun } from "./runs.ts";
import { completeStep } from "./steps.ts";

/** Ends every `step.waitForEvent` that the event matches; the step's value is the event itself. */
export async function resolveWaits(ex: Executor, tx: Tx, event: EventValue): Promise<void> {
  const { rows } = await tx.query<{
    run_id: string;
    id: string;
    expression: string | null;
    began: EventValue;
  }>(
    `select steps.run_id, steps.id, steps.expression, runs.events -> 0 as began
     from steps join runs on runs.id = steps.run_id
     where steps.event_name = $1 and steps.status = 'pending' order by steps.run_id`,
    [event.name],
  );
  for (const wait of rows) {
    if (!matches(wait.expression, { event: wait.began, async: event })) continue;
    const run = await lockRun(tx, wait.run_id);
    if (run) await completeStep(ex, tx, run, wait.id, event);
  }
}

/** The time of a step is up: a sleep is over, a wait has its timeout. One that has ended stays as it is. */
export async function timeUp(ex: Executor, tx: Tx, runId: string, id: string): Promise<void> {
  const run = await lockRun(tx, runId);
  if (!run) return;
  const { rows } = await tx.query<{ op: string }>(
    "select op from steps where run_id = $1 and id = $2",
    [runId, id],
  );
  const timedOut = {
    error: errorOf({
      name: "InngestInvokeTimeoutError",
      message: "Timed out waiting for the invoked function to complete",
    }),
  };
  await completeStep(ex, tx, run, id, rows[0]?.op === "InvokeFunction" ? timedOut : null);
}
