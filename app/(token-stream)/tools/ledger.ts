import { pool } from "@/lib/db/pool";
import { inTransaction } from "@/lib/db/transaction";

/** One call of a tool, as the ledger knows it. */
export interface LedgerCall {
  completionId: string;
  /** The call's id within its answer, made by the server. */
  id: string;
  name: string;
  input: unknown;
}

/**
 * Runs a tool once, however many processes try: the call's row is inserted in the transaction in which the
 * tool runs, and its output is committed with it. Whoever comes second waits for the first and is given what
 * it stored; where the first dies, its transaction is rolled back and nothing has happened.
 *
 * @param run the tool's work; it fails for everybody where it throws, and nothing is stored then
 * @returns the output, of this run or of the one before
 */
export function runOnce<T>(call: LedgerCall, run: () => Promise<T> | T): Promise<T> {
  const key = [call.completionId, call.id];
  return inTransaction(pool(), async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO tool_run (completion_id, call_id, name, input) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [...key, call.name, JSON.stringify(call.input)],
    );
    if (rowCount === 0) {
      const { rows } = await client.query<{ output: T }>(
        "SELECT output FROM tool_run WHERE completion_id = $1 AND call_id = $2",
        key,
      );
      return (rows[0] as { output: T }).output;
    }
    const output = await run();
    await client.query(
      "UPDATE tool_run SET output = $3 WHERE completion_id = $1 AND call_id = $2",
      [...key, JSON.stringify(output)],
    );
    return output;
  });
}
