import { remember } from "@/lib/remember";
import { finishRow, isRunning } from "./rows";
import { readWritten } from "./written";

/** Under way in this process, by the id of their completion. */
const settling = () => remember("settling", () => new Map<string, Promise<void>>());

/**
 * Writes into the row what the log says of the end, where that has not happened. Anybody may, as
 * often as they like: the log's end is the one end. A reader does before it passes the end on, so
 * that who has seen [DONE] can ask the next question, on any instance.
 */
export function settle(id: string): Promise<void> {
  // The producer and its readers come to the end together: one of them asks for all.
  const known = settling().get(id);
  if (known) return known;
  const mine = settleRow(id).finally(() => settling().delete(id));
  settling().set(id, mine);
  return mine;
}

async function settleRow(id: string): Promise<void> {
  if (!(await isRunning(id))) return;
  const written = await readWritten(id);
  if (written.end) await finishRow(id, written, written.end);
}
