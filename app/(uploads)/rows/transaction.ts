import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { inTransaction } from "@/lib/db/transaction";

/**
 * Runs statements that change what a user's uploads take, one such transaction of a user at a time.
 * The lock comes first: a statement after it sees what was committed while it was waited for, which
 * a single statement, with its one snapshot, would not.
 */
export async function withQuotaLock<T>(
  userId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool(), async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `upload quota ${userId}`,
    ]);
    return work(client);
  });
}
