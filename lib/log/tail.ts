import { setTimeout as delay } from "node:timers/promises";
import type { Tailer } from "./tailer";
import type { LogEntry, LogPage, TailItem } from "./types";

/** Live entries kept for a reader that is busy. Beyond it the queue is dropped and the table read. */
const MAX_QUEUE = 256;
const CATCH_UP_PAGE = 200;
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
 * order, until the signal aborts.
 *
 * The seam between the two needs no lock, because sequence numbers have no gaps: the next entry is
 * always cursor + 1. Whatever is not (a full queue was dropped, a page was short, entries were
 * pruned) is answered by reading the table again from the cursor.
 *
 * @throws what the first read throws; once begun, it outlives a database that is away for a while
 */
export async function* tail(
  { tailer, read, onOverflow, onError, maxQueue = MAX_QUEUE }: TailOptions,
  stream: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<TailItem, void, undefined> {
  let cursor = after;
  let queue: LogEntry[] = [];
  let wake = () => {};
  let begun = false;

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
    while (!signal.aborted) {
      const page = await readOrWait();
      if (!page) continue;
      // Pruned, or of another life of the stream: the reader is told, and goes on with the oldest.
      if (page.floor > cursor || cursor > page.head) {
        cursor = page.floor;
        yield { kind: "reset", oldest: cursor + 1 };
      }
      for (const entry of page.entries) {
        if (entry.seq <= cursor) continue;
        cursor = entry.seq;
        yield { kind: "entry", entry };
        if (signal.aborted) return;
      }
      if (page.entries.length < CATCH_UP_PAGE) yield* live();
    }
  } finally {
    unwatch();
    signal.removeEventListener("abort", onAbort);
  }

  async function readOrWait(): Promise<LogPage | undefined> {
    try {
      const page = await read(stream, cursor, CATCH_UP_PAGE);
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
  async function* live(): AsyncGenerator<TailItem, void, undefined> {
    while (!signal.aborted) {
      const entry = queue.shift();
      if (entry) {
        if (entry.seq <= cursor) continue;
        if (entry.seq > cursor + 1) return;
        cursor = entry.seq;
        yield { kind: "entry", entry };
      } else if ((tailer.position(stream) ?? cursor) > cursor) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted) resolve();
        });
    }
  }
}
