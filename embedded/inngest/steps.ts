import type { Tx } from "./database.ts";
import type { ErrorValue, Executor } from "./executor.ts";
import { addJob } from "./queue.ts";
import { DISCOVER, type Run, scheduleCall } from "./runs.ts";

export interface Step {
  id: string;
  op: string;
  status: "pending" | "done" | "dropped";
  attempt: number;
  result: unknown;
}

/** What a function is given for a step; the raw event, or null, for one that waited. */
export type Memo = { data: unknown } | { error: ErrorValue } | object | null;

export interface NewStep {
  id: string;
  op: string;
  name?: string;
  /** The call that has found it. */
  foundBy: string;
  /** Its end is looked at by itself. */
  eager: boolean;
  /** The event that ends it. */
  event?: { name: string; expression?: string };
  /** When a timer ends it. */
  due?: number;
}

/** Adds a step that something else will end; false where it is known, as in a second look while others are under way. */
export async function planStep(tx: Tx, run: Run, step: NewStep): Promise<boolean> {
  const due = step.due === undefined ? null : new Date(step.due);
  const { rowCount } = await tx.query(
    `insert into steps (run_id, id, op, name, eager, event_name, expression, due_at, found_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      run.id,
      step.id,
      step.op,
      step.name,
      step.eager,
      step.event?.name,
      step.event?.expression,
      due,
      step.foundBy,
    ],
  );
  if (rowCount && step.due !== undefined) {
    await addJob(tx, "timer", { run: run.id, step: step.id }, step.due);
  }
  return rowCount === 1;
}

/**
 * Memoises the end of a planned step, once. The function is called again when no step that was found
 * with it is open, so that parallel steps are joined by one call; at once where the step is eager.
 */
export async function completeStep(
  ex: Executor,
  tx: Tx,
  run: Run,
  id: string,
  memo: Memo,
): Promise<void> {
  const { rows } = await tx.query<{ eager: boolean; found_by: string }>(
    `update steps set status = 'done', result = $3, completed = nextval('completions')
     where run_id = $1 and id = $2 and status = 'pending' returning eager, found_by`,
    [run.id, id, JSON.stringify(memo)],
  );
  const [step] = rows;
  if (!step) return;
  const open = await tx.query(
    "select 1 from steps where run_id = $1 and found_by = $2 and status = 'pending' limit 1",
    [run.id, step.found_by],
  );
  if (step.eager || !open.rowCount) await advance(ex, tx, run);
}

/** Memoises a step that ran as soon as it was found. */
export async function recordStep(
  tx: Tx,
  run: Run,
  step: Pick<NewStep, "id" | "op" | "name">,
  memo: Memo,
) {
  await tx.query(
    `insert into steps (run_id, id, op, name, status, result, completed)
     values ($1, $2, $3, $4, 'done', $5, nextval('completions'))
     on conflict (run_id, id) do update
       set status = 'done', result = excluded.result, completed = excluded.completed
       where steps.status = 'pending'`,
    [run.id, step.id, step.op, step.name, JSON.stringify(memo)],
  );
}

/** Calls the function again to find what comes next, with attempts from 0. */
export async function advance(ex: Executor, tx: Tx, run: Run): Promise<void> {
  if (run.attempt > 0) await tx.query("update runs set attempt = 0 where id = $1", [run.id]);
  await scheduleCall(ex, tx, run.id, DISCOVER);
}

/** The steps of a run: first those that have ended, in the order in which they did. */
export async function stepsOf(tx: Tx, run: string): Promise<Step[]> {
  const { rows } = await tx.query<Step>(
    "select id, op, status, attempt, result from steps where run_id = $1 order by completed",
    [run],
  );
  return rows;
}
