import type { Pool, PoolClient } from "pg";

/**
 * Runs the work in a transaction, which a failure takes back.
 * @param pool gives the connection, and has it back before this resolves or rejects
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    // A connection whose ROLLBACK has failed may still be in its transaction, or hang: it is closed, which
    // takes everything back as well, and not given to the next caller.
    client.release(broken);
  }
}
