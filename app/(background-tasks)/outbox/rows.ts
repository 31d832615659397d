import { pool } from "@/lib/db/pool";
import type { Transaction } from "../jobs/transact";
import { UNFLUSHED } from "../unflushed";

/** How long a relay may take to hand over what it has claimed. Then somebody else tries. */
const CLAIM = "15 seconds";
const TAKE = 100;

export interface OutboxEvent {
  eventId: string;
  name: string;
  data: { jobId: string; userId: string };
  attempts: number;
}

/**
 * Takes events that nobody else is handing over. Held by their time alone: a crash gives them back, and so
 * would the loss of the claim.
 */
export async function claim(): Promise<OutboxEvent[]> {
  const { rows } = await pool().query<OutboxEvent>(
    `WITH ${UNFLUSHED}
     UPDATE outbox SET attempts = attempts + 1, available_at = now() + $1::interval FROM unflushed
      WHERE id IN (SELECT id FROM outbox WHERE sent_at IS NULL AND available_at <= now()
                    ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
      RETURNING event_id AS "eventId", name, data, attempts`,
    [CLAIM, TAKE],
  );
  return rows;
}

export async function markSent(tx: Transaction, eventIds: string[]): Promise<void> {
  await tx.query("UPDATE outbox SET sent_at = now() WHERE event_id = ANY ($1)", [eventIds]);
}

/** Gives events back, to be tried again after so many milliseconds. */
export async function putBack(eventIds: string[], ms: number): Promise<void> {
  await pool().query(
    `UPDATE outbox SET available_at = now() + $2 * interval '1 millisecond'
      WHERE event_id = ANY ($1) AND sent_at IS NULL`,
    [eventIds, ms],
  );
}
