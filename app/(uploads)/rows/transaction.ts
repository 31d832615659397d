import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { HttpError } from "@/lib/http";

/**
 * Runs statements that change what a user's uploads take, one such transaction of a user, and of an
 * address, at a time. The locks come first, always in the order of one statement: what follows them sees
 * what was committed while they were waited for, which a single statement, with its one snapshot, would not.
 */
export async function withQuotaLock<T>(
  { userId, address }: { userId: string; address: string },
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool().connect();
  try {
    await client.query("BEGIN");
    await client.query(
      "SELECT pg_advisory_xact_lock(hashtextextended($1, 0)), pg_advisory_xact_lock(hashtextextended($2, 0))",
      [`upload quota ${userId}`, `upload quota ${address}`],
    );
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // A refusal of ours leaves the connection well. One of unknown state is not used again.
    const isWell =
      error instanceof HttpError &&
      (await client.query("ROLLBACK").then(
        () => true,
        () => false,
      ));
    client.release(!isWell);
    throw error;
  }
}
