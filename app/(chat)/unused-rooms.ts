import { pool } from "@/lib/db/pool";
import { chatLimits } from "./contract";
import { streamOf } from "./messages";

/** Rooms of one sweep; what is left over waits for the next. */
const MOST = 500;

/**
 * Writes down that rooms are in use: one that was used by anybody in the last `roomUnusedDays` is not swept.
 * @returns those of them that exist
 */
export async function touchRooms(names: readonly string[]): Promise<Set<string>> {
  const { rows } = await pool().query<{ name: string }>(
    "UPDATE chat_room SET used_at = now() WHERE name = ANY ($1) RETURNING name",
    [names],
  );
  return new Set(rows.map(({ name }) => name));
}

/**
 * Takes away a room that nobody has used for a while, with its members and its messages, in one statement: a
 * crash leaves either all of it or nothing. A room that is being touched at this moment is left.
 *
 * The head of its stream stays. A public name may be given to a new room, whose messages then go on counting
 * from there: a position that some client has kept never means another message. It finds the older ones
 * pruned, and is sent a `reset`.
 */
const SWEEP_ONE = `
  WITH swept AS (
    DELETE FROM chat_room WHERE name = (
      SELECT name FROM chat_room
       WHERE NOT is_permanent AND used_at < now() - $1 * interval '1 day'
       ORDER BY used_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING name)
  SELECT log_prune($2 || name, $3) FROM swept`;

/** @returns how many rooms are gone */
export async function sweepRooms(): Promise<number> {
  const values = [chatLimits.roomUnusedDays, streamOf(""), Number.MAX_SAFE_INTEGER];
  for (let gone = 0; gone < MOST; gone++) {
    const { rowCount } = await pool().query(SWEEP_ONE, values);
    if (rowCount === 0) return gone;
  }
  return MOST;
}
