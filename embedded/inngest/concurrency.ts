import type { Config } from "./config.ts";
import type { Tx } from "./database.ts";
import type { EventValue } from "./executor.ts";
import { keyOf } from "./expression.ts";
import { addJob } from "./queue.ts";

/** The name of the limit that a run is under; undefined where its function has none. */
export function slotOf(config: Config, event: EventValue): string | undefined {
  if (!config.concurrency) return undefined;
  return `${config.id} ${keyOf(config.concurrency.key, { event })}`;
}

const lock = (tx: Tx, slot: string) =>
  tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [slot]);

/** Whether the call may begin. Where all places are taken it is parked until one is free. */
export async function takeSlot(
  tx: Tx,
  call: string,
  slot: string,
  limit: number,
): Promise<boolean> {
  await lock(tx, slot);
  const { rows } = await tx.query<{ parked: boolean }>(
    `update calls set slot = $2, parked = $3 <= (
       select count(*) from calls where slot = $2 and started_at is not null
     ) where id = $1 returning parked`,
    [call, slot, limit],
  );
  return rows[0]?.parked === false;
}

/** Wakes the call that has been parked longest; the caller has deleted the one that held the place. */
export async function freeSlot(tx: Tx, slot: string): Promise<void> {
  await lock(tx, slot);
  const { rows } = await tx.query<{ id: string }>(
    `update calls set parked = false where id = (
       select id from calls where slot = $1 and parked order by id limit 1
     ) returning id`,
    [slot],
  );
  if (rows[0]) await addJob(tx, "call", { call: rows[0].id });
}
