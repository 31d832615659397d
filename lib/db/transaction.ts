import type { Pool, PoolClient } from "pg";
import { refusalOf } from "./refusal";

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
    // A new connection may lead to another server: to the one that took over from a server that can only be read.
    if (refusalOf(error)) broken = error as Error;
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
