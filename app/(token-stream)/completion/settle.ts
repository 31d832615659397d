import { readWritten } from "./entries";
import { finishRow, isRunning } from "./rows";

/**
 * Writes into the row what the log says of the end, where that has not happened. Anybody may, as
 * often as they like: the log's end is the one end. A reader does before it passes the end on, so
 * that who has seen [DONE] can ask the next question, on any instance.
 */
export async function settle(id: string): Promise<void> {
  if (!(await isRunning(id))) return;
  const written = await readWritten(id);
  if (written.end) await finishRow(id, written, written.end);
}
