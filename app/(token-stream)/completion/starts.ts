import { pool } from "@/lib/db/pool";
import { createGroupCommit } from "@/lib/group-commit";
import { remember } from "@/lib/remember";
import { type CompletionRow, type NewRow, type Refused, startRows } from "./rows";

/** Starts of one statement. */
const MAX_BATCH = 50;

/** The process's starts: those that come together share a statement. */
export const starts = () =>
  remember("completion-starts", () => {
    const together = createGroupCommit({
      maxBatch: MAX_BATCH,
      async commit(rows: NewRow[]) {
        const started = await startRows(pool(), rows);
        return rows.map(({ id }) => started.get(id));
      },
    });
    return async (row: NewRow) => (await together(row)) ?? (await startAlone(row));
  });

/** One that waits for whoever holds its user's lock. */
async function startAlone(row: NewRow): Promise<CompletionRow | Refused | undefined> {
  const started = await startRows(pool(), [row], true);
  return started.get(row.id);
}
