import { setImmediate as nextTurn } from "node:timers/promises";
import { pool } from "@/lib/db/pool";
import { isRefusedData } from "@/lib/log/append";
import { remember } from "@/lib/remember";
import { type CompletionRow, type NewRow, type Refused, startRows } from "./rows";

/** Starts of one statement. */
const MAX_BATCH = 50;

type Started = CompletionRow | Refused;

interface Waiting {
  row: NewRow;
  resolve(started: Started): void;
  reject(error: unknown): void;
}

/**
 * Starts that are asked for while a statement is under way go together in the next: one round trip and one
 * commit for all of them, as with the log's appends.
 *
 * @param startAll the statement: what has become of each, by its id
 */
export function createStarts(startAll: (rows: NewRow[]) => Promise<Map<string, Started>>) {
  let waiting: Waiting[] = [];
  let starting = false;

  async function drain(): Promise<void> {
    if (starting) return;
    starting = true;
    await nextTurn();
    while (waiting.length > 0) await start(waiting.splice(0, MAX_BATCH));
    starting = false;
  }

  async function start(batch: Waiting[]): Promise<void> {
    try {
      const started = await startAll(batch.map(({ row }) => row));
      for (const { row, resolve } of batch) resolve(started.get(row.id) as Started);
    } catch (error) {
      // One that the database refuses must not fail those that came with it.
      if (batch.length > 1 && isRefusedData(error)) for (const one of batch) await start([one]);
      else {
        // Those who wait behind it would be told too late that the database is away.
        for (const { reject } of [...batch, ...waiting]) reject(error);
        waiting = [];
      }
    }
  }

  return (row: NewRow): Promise<Started> =>
    new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject });
      void drain();
    });
}

/** The process's starts. */
export const starts = () =>
  remember("completion-starts", () => createStarts((rows) => startRows(pool(), rows)));
