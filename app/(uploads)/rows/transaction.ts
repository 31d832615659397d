import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { inTransaction } from "@/lib/db/transaction";

/**
 * Runs statements that change what a user's uploads take, one such transaction of a user, and of an
 * address, at a time. The locks come first, always in the order of one statement: what follows them sees
 * what was committed while they were waited for, which a single statement, with its one snapshot, would not.
 */
export async function withQuotaLock<T>(
  { userId, address }: { userId: string; address: string },
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool(), async (client) => {
    await client.query(
      "SELECT pg_advisory_xact_lock(hashtextextended($1, 0)), pg_advisory_xact_lock(hashtextextended($2, 0))",
      [`upload quota ${userId}`, `upload quota ${address}`],
    );
    return work(client);
  });
}
