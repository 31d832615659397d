import { setImmediate as nextTurn } from "node:timers/promises";

/** Who has waited this long for a statement that was lost is not made to wait for another. */
const PATIENCE_MS = 200;

interface Waiting<T, R> {
  item: T;
  since: number;
  resolve(result: R): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions<T, R> {
  /** Items of one statement. More wait for the next: a batch must not outlive its callers' patience. */
  maxBatch: number;
  /** One statement for all items. Answers a result for each, in their order. */
  commit(items: T[]): Promise<R[]>;
}

/**
 * Group commit: what comes while a statement is under way goes together in the next, one round trip and one
 * commit for all of it. What the database refuses fails alone; where it is away, those are told too who
 * would be told too late by the next statement.
 */
export function createGroupCommit<T, R>({ maxBatch, commit }: GroupCommitOptions<T, R>) {
  let queue: Waiting<T, R>[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    if (writing) return;
    writing = true;
    // Those of this turn of the event loop share the first batch, too, whatever called them.
    await nextTurn();
    while (queue.length > 0) await write(queue.splice(0, maxBatch));
    writing = false;
  }

  async function write(batch: Waiting<T, R>[]): Promise<void> {
    try {
      const results = await commit(batch.map(({ item }) => item));
      for (const [index, one] of batch.entries()) one.resolve(results[index] as R);
    } catch (error) {
      const refused = isRefusedData(error);
      if (refused && batch.length > 1) for (const one of batch) await write([one]);
      else for (const one of refused ? batch : [...batch, ...impatient()]) one.reject(error);
    }
  }

  function impatient(): Waiting<T, R>[] {
    const before = performance.now() - PATIENCE_MS;
    const told = queue.filter(({ since }) => since < before);
    queue = queue.filter(({ since }) => since >= before);
    return told;
  }

  return (item: T): Promise<R> =>
    new Promise((resolve, reject) => {
      queue.push({ item, since: performance.now(), resolve, reject });
      void drain();
    });
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
function isRefusedData(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^2[23]/.test(code);
}
