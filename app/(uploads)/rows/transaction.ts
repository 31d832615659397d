import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";

/**
 * Runs statements that change what a user's uploads take, one such transaction of a user at a time.
 * The lock comes first: a statement after it sees what was committed while it was waited for, which
 * a single statement, with its one snapshot, would not.
 */
export async function withQuotaLock<T>(
  userId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool().connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `upload quota ${userId}`,
    ]);
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // A connection of unknown state is not used again.
    client.release(true);
    throw error;
  }
}
