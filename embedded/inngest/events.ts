import { addToBatch } from "./batches.ts";
import { cancelOn } from "./cancel.ts";
import type { Tx } from "./database.ts";
import type { EventValue, Executor } from "./executor.ts";
import { matches } from "./expression.ts";
import { createRun } from "./runs.ts";
import { isTriggeredBy } from "./trigger-name.ts";
import { ulid } from "./ulid.ts";
import { resolveWaits } from "./waits.ts";

/** An event as it is sent: the rest is filled in. */
export type NewEvent = Pick<EventValue, "name" | "data"> & Partial<EventValue>;

/**
 * Takes an event in: stores it, ends the waits and the runs that it matches, starts runs.
 * @param seeded the id to give it, where the sender's retries must get the same
 * @returns its id; for one that has come before, by its own id within 24 hours, the id of the first
 */
export async function receive(
  ex: Executor,
  tx: Tx,
  given: NewEvent,
  seeded?: string,
): Promise<string> {
  const id = seeded ?? ulid(ex.now());
  const event: EventValue = { ...given, id: given.id || id, ts: given.ts ?? ex.now() };
  const stored = await tx.query(
    "insert into events (id, name, event) values ($1, $2, $3) on conflict do nothing",
    [id, event.name, JSON.stringify(event)],
  );
  if (!stored.rowCount) return id;
  if (given.id) {
    const first = await claimId(tx, given.id, id);
    if (first !== id) {
      await tx.query("delete from events where id = $1", [id]);
      return first;
    }
  }
  await resolveWaits(ex, tx, event);
  await cancelOn(ex, tx, event);
  for (const config of ex.functions.values()) {
    const trigger = config.events.find(
      (each) => isTriggeredBy(each.event, event.name) && matches(each.expression, { event }),
    );
    if (!trigger) continue;
    if (config.batch) await addToBatch(ex, tx, config, event, id);
    else await createRun(ex, tx, config.id, { events: [event], eventIds: [id] });
  }
  return id;
}

/** The id of the first event of this `event.id`; two at once wait for one another here. */
async function claimId(tx: Tx, eventId: string, id: string): Promise<string> {
  const claimed = await tx.query(
    `insert into event_ids (event_id, id) values ($1, $2)
     on conflict (event_id) do update set id = excluded.id, received_at = now()
       where event_ids.received_at < now() - interval '24 hours'`,
    [eventId, id],
  );
  if (claimed.rowCount) return id;
  const { rows } = await tx.query<{ id: string }>("select id from event_ids where event_id = $1", [
    eventId,
  ]);
  return rows[0]?.id ?? id;
}
