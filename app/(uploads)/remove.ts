import { setTimeout as delay } from "node:timers/promises";
import { pool } from "@/lib/db/pool";
import { logger } from "@/lib/logger";
import { remember } from "@/lib/remember";
import { COLUMNS, toRow, type UploadRow } from "./rows/rows";
import { erase } from "./store/objects";

/** Nobody sees the row any more; the sweeper tries again, should the store be away. */
const TOMBSTONE = "status = 'deleting', due_at = now() + interval '2 minutes'";
const SWEEP_MS = 60_000;
const TAKE = 50;
/** How long a deletion waits for the store; then it goes on by itself. */
const PATIENCE_MS = 3_000;

/** Deletes an upload: invisible at once, its object and its parts gone when this resolves, or soon. */
export async function removeUpload({ id, key }: Pick<UploadRow, "id" | "key">): Promise<void> {
  await pool().query(`UPDATE upload SET ${TOMBSTONE} WHERE id = $1`, [id]);
  const erased = eraseForGood(id, key).catch((err) =>
    logger().warn({ err, upload: id }, "not erased from the store yet; the sweeper will"),
  );
  await Promise.race([erased, delay(PATIENCE_MS, undefined, { ref: false })]);
}

/**
 * Removes pending uploads without a sign of life and what could not be erased before, with their
 * objects and parts. Several processes may sweep at once: each row goes to one of them.
 * @returns how many are gone
 */
export async function sweepUploads(): Promise<number> {
  let gone = 0;
  for (;;) {
    const { rows } = await pool().query(
      `UPDATE upload SET ${TOMBSTONE}
        WHERE id IN (SELECT id FROM upload WHERE due_at < now() AND status <> 'stored'
                      ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING ${COLUMNS}`,
      [TAKE],
    );
    for (const { id, key } of rows.map(toRow)) if (await eraseForGood(id, key)) gone++;
    if (rows.length < TAKE) return gone;
  }
}

/**
 * A form that was given out stays good until it expires: it could put the object there again. Its
 * row is kept until then, and the key erased once more.
 */
async function eraseForGood(id: string, key: string): Promise<boolean> {
  await erase(key);
  const { rowCount } = await pool().query(
    `WITH kept AS (
       UPDATE upload SET due_at = grant_until + interval '5 seconds'
        WHERE id = $1 AND grant_until > now() - interval '2 seconds' RETURNING id
     )
     DELETE FROM upload WHERE id = $1 AND NOT EXISTS (SELECT FROM kept)`,
    [id],
  );
  return rowCount === 1;
}

/** Sweeps where that was not done in the last minute; whoever lists or creates uploads calls it. */
export function sweepNowAndThen(now = Date.now()): void {
  const last = remember("upload sweep", () => ({ at: 0 }));
  if (now - last.at < SWEEP_MS) return;
  last.at = now;
  sweepUploads().catch((err) => logger().warn({ err }, "sweeping uploads failed; trying again"));
}
