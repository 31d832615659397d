import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";

/**
 * Runs statements that change what a user's uploads take, one such transaction of a user, and of an
 * address, at a time. The locks come first, always in this order: a statement after them sees what was
 * committed while they were waited for, which a single statement, with its one snapshot, would not.
 */
export async function withQuotaLock<T>(
  { userId, address }: { userId: string; address: string },
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool().connect();
  try {
    await client.query("BEGIN");
    for (const holder of [userId, address])
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
        `upload quota ${holder}`,
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
