import { setImmediate as nextTurn } from "node:timers/promises";
import { pool } from "@/lib/db/pool";
import { isRefusedData } from "@/lib/log/append";
import { remember } from "@/lib/remember";
import { type CompletionRow, type NewRow, type Refused, startRows } from "./rows";

/** Starts of one statement. */
const MAX_BATCH = 50;
/** Who has waited this long for a statement that was lost is not made to wait for another. */
const PATIENCE_MS = 200;

type Started = CompletionRow | Refused;

interface Waiting {
  row: NewRow;
  since: number;
  resolve(started: Started): void;
  reject(error: unknown): void;
}

export interface StartsOptions {
  /** One statement for all: what has become of each by its id, of one that must be alone nothing. */
  together(rows: NewRow[]): Promise<Map<string, Started>>;
  /** One that waits for whoever stands in its way. */
  alone(row: NewRow): Promise<Started>;
}

/**
 * Starts that are asked for while a statement is under way go together in the next: one round trip and one
 * commit for all of them, as with the log's appends.
 */
export function createStarts({ together, alone }: StartsOptions) {
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
      const started = await together(batch.map(({ row }) => row));
      for (const one of batch) {
        const its = started.get(one.row.id);
        if (its) one.resolve(its);
        else startAlone(one);
      }
    } catch (error) {
      // One that the database refuses must not fail those that came with it.
      if (batch.length > 1 && isRefusedData(error)) batch.forEach(startAlone);
      else for (const one of [...batch, ...impatient()]) one.reject(error);
    }
  }

  const startAlone = (one: Waiting) => void alone(one.row).then(one.resolve, one.reject);

  /** Those in the queue who would be told too late, were the database to stay away. */
  function impatient(): Waiting[] {
    const before = performance.now() - PATIENCE_MS;
    const told = waiting.filter(({ since }) => since < before);
    waiting = waiting.filter(({ since }) => since >= before);
    return told;
  }

  return (row: NewRow): Promise<Started> =>
    new Promise((resolve, reject) => {
      waiting.push({ row, since: performance.now(), resolve, reject });
      void drain();
    });
}

/** The process's starts. */
export const starts = () =>
  remember("completion-starts", () =>
    createStarts({
      together: (rows) => startRows(pool(), rows),
      async alone(row) {
        const started = await startRows(pool(), [row], true);
        return started.get(row.id) as Started;
      },
    }),
  );
