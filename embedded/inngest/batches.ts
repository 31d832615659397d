import type { Config } from "./config.ts";
import type { Tx } from "./database.ts";
import type { EventValue, Executor } from "./executor.ts";
import { keyOf } from "./expression.ts";
import { addJob } from "./queue.ts";
import { createRun } from "./runs.ts";

/** Keeps an event for a run of many; starts the run when the batch is full. */
export async function addToBatch(
  ex: Executor,
  tx: Tx,
  config: Config,
  event: EventValue,
  id: string,
): Promise<void> {
  const { batch } = config;
  if (!batch) return;
  const key = keyOf(batch.key, { event });
  const due = ex.now() + batch.timeoutMs;
  const { rows } = await tx.query<{ event_ids: string[] }>(
    `insert into batches as b (function_id, key, event_ids, due_at) values ($1, $2, array[$3], $4)
     on conflict (function_id, key) do update set event_ids = b.event_ids || excluded.event_ids
     returning event_ids`,
    [config.id, key, id, new Date(due)],
  );
  const size = rows[0]?.event_ids.length ?? 0;
  if (size === 1) await addJob(tx, "batch", { function: config.id, key }, due);
  if (size >= batch.maxSize) await flush(ex, tx, config.id, key);
}

/** The timer of a batch: one that filled up, and the next one that has more time, are left alone. */
export async function flushDue(ex: Executor, tx: Tx, functionId: string, key: string) {
  const { rowCount } = await tx.query(
    "select 1 from batches where function_id = $1 and key = $2 and due_at <= $3 for update",
    // The queue's clock is the database's: a moment of difference must not lose the batch.
    [functionId, key, new Date(ex.now() + 500)],
  );
  if (rowCount) await flush(ex, tx, functionId, key);
}

async function flush(ex: Executor, tx: Tx, functionId: string, key: string): Promise<void> {
  const { rows } = await tx.query<{ id: string; event: EventValue }>(
    `with batch as (
       delete from batches where function_id = $1 and key = $2 returning event_ids
     )
     select e.id, e.event from batch, unnest(batch.event_ids) with ordinality as b (id, place)
     join events e using (id) order by b.place`,
    [functionId, key],
  );
  if (rows.length === 0) return;
  await createRun(ex, tx, functionId, {
    events: rows.map((row) => row.event),
    eventIds: rows.map((row) => row.id),
  });
}
