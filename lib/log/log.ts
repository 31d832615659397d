import type { ClientBase, Pool } from "pg";
import type { Bus } from "../bus/bus";
import { committedOf, createAppender, encodeEntry, insertEntries, type NewEntry } from "./append";
import { readAfter, readBefore, readHeads, readMany } from "./read";
import { tail, tailBatches } from "./tail";
import { createTailer } from "./tailer";
import type { Appended, LogEntry, LogPage, TailBatch, TailItem, Unsubscribe } from "./types";

/** The bus channel of the hints: a line for each stream, its head, a space, its name. */
const HINTS = "log";
/** NOTIFY carries less than 8,000 bytes. */
const MAX_HINT_BYTES = 7_000;

/** An append-only log of named streams. See docs/decisions/0001-one-log.md. */
export interface Log {
  /**
   * Appends an entry; resolves after its commit.
   * @param key makes a repetition harmless: the same key in the same stream is the same entry
   */
  append(stream: string, type: string, data: unknown, key?: string | null): Promise<Appended>;
  /**
   * Appends inside the caller's transaction, as its last statement: the heads stay locked until it
   * ends. Readers are told by the function it answers, to be called after the commit.
   */
  appendIn(client: ClientBase, entries: readonly NewEntry[]): Promise<() => void>;
  /** The entries after a position, oldest first. */
  read(stream: string, after: number, limit: number): Promise<LogPage>;
  /** The last entries before a position, oldest first. */
  readBefore(stream: string, before: number, limit: number): Promise<LogPage>;
  /** Catch-up, then live, with no gap and no repeat at the seam, until the signal aborts. */
  tail(stream: string, after: number, signal: AbortSignal): AsyncIterable<TailItem>;
  /** The same in batches of what is at hand, for a fan-out that frames each batch once. */
  tailBatches(stream: string, after: number, signal: AbortSignal): AsyncIterable<TailBatch>;
  /**
   * Keeps the live reader at the head of a stream that its caller knows, a new one's 0: who follows it
   * from there reads nothing to find it.
   */
  hold(stream: string, head: number): Unsubscribe;
  /** The last position that the live reader of a watched stream has come to, undefined while not known. */
  position(stream: string): number | undefined;
  /** Takes away the entries up to a position; readers that ask for them get a reset. */
  prune(stream: string, upto: number): Promise<number>;
  /** Looks for new entries now, without a hint. */
  wakeAll(): void;
  close(): void;
}

export interface LogOptions {
  pool: Pool;
  /** For appends alone, one connection; without it they take their turn in `pool`. */
  appendPool?: Pool;
  bus: Bus;
  onError(error: unknown): void;
  onLatency?(seconds: number): void;
  onOverflow?(): void;
  /** Bound of the live queue of each tail, in entries. */
  maxQueue?: number;
  pollMs?: number;
}

/** Builds the log over a pool and a bus. Nothing here is shared: two logs are two processes. */
export function createLog(options: LogOptions): Log {
  const { pool, appendPool = pool, bus, maxQueue, pollMs = 1_000 } = options;
  const { onError, onLatency, onOverflow } = options;
  const tailer = createTailer({
    heads: (streams) => readHeads(pool, streams),
    readMany: (positions, limit) => readMany(pool, positions, limit),
    onError,
    pollMs,
  });
  const unsubscribe = bus.subscribe(
    HINTS,
    (message) => tailer.wake(parseHints(message)),
    () => tailer.wakeAll(),
  );

  /** Readers here are given the entries; those of other instances a hint, and read them. */
  function announce(committed: Map<string, LogEntry[]>): void {
    const heads = new Map<string, number>();
    for (const [stream, entries] of committed) {
      tailer.offer(stream, entries);
      heads.set(stream, entries.at(-1)?.seq ?? 0);
    }
    tailer.wake(heads);
    for (const [stream, head] of heads) hints.set(stream, head);
    void sendHints();
  }

  /** One at a time: heads that come while a hint is under way go together in the next. */
  let hints = new Map<string, number>();
  let sending = false;
  async function sendHints(): Promise<void> {
    if (sending) return;
    sending = true;
    while (hints.size > 0) {
      const heads = hints;
      hints = new Map();
      for (const message of formatHints(heads)) await bus.publish(HINTS, message).catch(onError);
    }
    sending = false;
  }
  const append = createAppender({ pool: appendPool, onCommit: announce, onLatency });
  const read = (stream: string, after: number, limit: number) =>
    readAfter(pool, stream, after, limit);

  const tailOptions = { tailer, read, onOverflow, onError, maxQueue };

  return {
    append,
    async appendIn(client, entries) {
      const encoded = entries.map(encodeEntry);
      const committed = committedOf(encoded, await insertEntries(client, encoded));
      return () => announce(committed);
    },
    read,
    readBefore: (stream, before, limit) => readBefore(pool, stream, before, limit),
    tail: (stream, after, signal) => tail(tailOptions, stream, after, signal),
    tailBatches: (stream, after, signal) => tailBatches(tailOptions, stream, after, signal),
    hold: (stream, head) => tailer.watch(stream, () => undefined, head),
    position: tailer.position,
    wakeAll: tailer.wakeAll,
    async prune(stream, upto) {
      const { rows } = await pool.query<{ floor: string }>("SELECT log_prune($1, $2) AS floor", [
        stream,
        upto,
      ]);
      return Number(rows[0]?.floor ?? 0);
    },
    close() {
      unsubscribe();
      tailer.close();
    },
  };
}

/** Heads, packed into as few messages as the bus's bound allows. */
function* formatHints(heads: Map<string, number>): Generator<string> {
  let message = "";
  for (const [stream, head] of heads) {
    const line = `${head} ${stream}`;
    if (message && message.length + line.length + 1 > MAX_HINT_BYTES) {
      yield message;
      message = "";
    }
    message = message ? `${message}\n${line}` : line;
  }
  if (message) yield message;
}

function parseHints(message: string): [string, number][] {
  return message.split("\n").map((line) => {
    const space = line.indexOf(" ");
    return [line.slice(space + 1), Number(line.slice(0, space))];
  });
}
