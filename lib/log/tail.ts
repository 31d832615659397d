import { setTimeout as delay } from "node:timers/promises";
import type { Tailer } from "./tailer";
import type { LogEntry, LogPage, TailBatch, TailItem } from "./types";

/** Live entries kept for a reader that is busy. Beyond it the queue is dropped and the table read. */
const MAX_QUEUE = 256;
/** Entries of one batch, from the table and from the queue alike. */
const MAX_BATCH = 64;
const RETRY_MS = 500;

export interface TailOptions {
  tailer: Tailer;
  read(stream: string, after: number, limit: number): Promise<LogPage>;
  onOverflow?(): void;
  /** Told of failed reads after the first; the tail waits and tries again. */
  onError(error: unknown): void;
  maxQueue?: number;
}

/**
 * Follows a stream from a position: first what is there, then what comes, each entry once and in
 * order, until the signal aborts. Yields what is at hand, so that a fan-out can frame it once.
 *
 * The seam between the two needs no lock, because sequence numbers have no gaps: the next entry is
 * always cursor + 1. Whatever is not (a full queue was dropped, a page was short, entries were
 * pruned) is answered by reading the table again from the cursor.
 *
 * @throws what the first read throws; once begun, it outlives a database that is away for a while
 */
export async function* tailBatches(
  { tailer, read, onOverflow, onError, maxQueue = MAX_QUEUE }: TailOptions,
  stream: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<TailBatch, void, undefined> {
  let cursor = after;
  let queue: LogEntry[] = [];
  let begun = false;
  let wake = () => {};

  const unwatch = tailer.watch(stream, (entries) => {
    if (queue.length + entries.length > maxQueue) {
      queue = [];
      onOverflow?.();
    } else queue.push(...entries);
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);

  try {
    // Where the live reader is there is nothing to catch up on: a thousand polls ask for no page.
    if (tailer.position(stream) === cursor) {
      begun = true;
      yield* live();
    }
    while (!signal.aborted) {
      const page = await readOrWait();
      if (!page) continue;
      // Pruned, or of another life of the stream: the reader is told, and goes on with the oldest.
      if (page.floor > cursor || cursor > page.head) {
        cursor = page.floor;
        yield { kind: "reset", oldest: cursor + 1 };
      }
      const entries = page.entries.filter(({ seq }) => seq > cursor);
      if (entries.length > 0) yield advance(entries);
      if (page.entries.length < MAX_BATCH) yield* live();
    }
  } finally {
    unwatch();
    signal.removeEventListener("abort", onAbort);
  }

  function advance(entries: LogEntry[]): TailBatch {
    cursor = entries.at(-1)?.seq ?? cursor;
    return { kind: "entries", entries };
  }

  async function readOrWait(): Promise<LogPage | undefined> {
    try {
      const page = await read(stream, cursor, MAX_BATCH);
      begun = true;
      return page;
    } catch (error) {
      if (!begun) throw error;
      onError(error);
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      return undefined;
    }
  }

  /** Yields from the queue for as long as it continues the cursor; returns when the table must. */
  async function* live(): AsyncGenerator<TailBatch, void, undefined> {
    while (!signal.aborted) {
      const entries = queue.splice(0, MAX_BATCH).filter(({ seq }) => seq > cursor);
      const [first] = entries;
      if (first && first.seq !== cursor + 1) return;
      if (first) yield advance(entries);
      else if (queue.length > 0) continue;
      else if ((tailer.position(stream) ?? cursor) > cursor) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted) resolve();
        });
    }
  }
}

/** The same, an entry at a time. */
export async function* tail(
  options: TailOptions,
  stream: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<TailItem, void, undefined> {
  for await (const batch of tailBatches(options, stream, after, signal)) {
    if (batch.kind === "reset") yield batch;
    else
      for (const entry of batch.entries) {
        yield { kind: "entry", entry };
        if (signal.aborted) return;
      }
  }
}
