import type { Tailer } from "./tailer";
import type { LogEntry, LogPage, TailItem } from "./types";

/** Live entries kept for a reader that is busy. Beyond it the queue is dropped and the table read. */
const MAX_QUEUE = 256;
const CATCH_UP_PAGE = 200;

export interface TailOptions {
  tailer: Tailer;
  read(stream: string, after: number, limit: number): Promise<LogPage>;
  onOverflow?(): void;
  maxQueue?: number;
}

/**
 * Follows a stream from a position: first what is there, then what comes, each entry once and in
 * order, until the signal aborts.
 *
 * The seam between the two needs no lock, because sequence numbers have no gaps: the next entry is
 * always cursor + 1. Whatever is not (a full queue was dropped, a page was short, entries were
 * pruned) is answered by reading the table again from the cursor.
 */
export async function* tail(
  { tailer, read, onOverflow, maxQueue = MAX_QUEUE }: TailOptions,
  stream: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<TailItem, void, undefined> {
  let cursor = after;
  let queue: LogEntry[] = [];
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
    while (!signal.aborted) {
      const page = await read(stream, cursor, CATCH_UP_PAGE);
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
