import { setImmediate as nextTurn } from "node:timers/promises";
import { type ChainEntry, lengthOf } from "./entries";

/** Tokens of one entry at most. */
const MAX_TOKENS = 32;
/** Tokens that may wait for the log; then the provider waits. */
const MAX_WAITING = 256;

/** Text of the answer, or of its reasoning. */
type PieceType = "tokens" | "reasoning";
type WithoutPosition<E> = E extends ChainEntry ? Omit<E, "offset" | "epoch"> : never;
/** An entry before it has a position. */
export type NewEntry = WithoutPosition<ChainEntry>;
/** An entry with its position; the epoch is its writer's. */
export type Positioned = NewEntry & { offset: number };

type Piece = { type: PieceType; text: string };
type Single = { entry: NewEntry; stored(offset: number): void; failed(error: unknown): void };

export interface WriterOptions {
  /** Where the first entry goes, in positions (entries.ts). */
  offset: number;
  /** Stores an entry. Never called again before it has resolved, nor after it has rejected. */
  write(entry: Positioned): Promise<void>;
  /** What tokens wait for before they are stored, but the first; undefined: for nothing. */
  gather?(): Promise<void> | undefined;
}

/**
 * Writes an answer into the log, one entry after the other. Tokens gather while the entry before them is being
 * stored: one that comes alone is written in the next turn of the event loop, and those that come together are
 * written together, at most 32. So a token waits for one commit, a few milliseconds, and a database that slows
 * down is asked less often.
 */
export function createWriter({ offset, write, gather }: WriterOptions) {
  let waiting: (Piece | Single)[] = [];
  let position = offset;
  let writing: Promise<void> | undefined;
  let hasWritten = false;
  const failures: unknown[] = [];

  async function drain(flushing: boolean): Promise<void> {
    // What the provider sent in one piece comes token by token, in this turn of the event loop.
    if (!flushing) await ((hasWritten && gather?.()) || nextTurn());
    hasWritten = true;
    while (failures.length === 0) {
      const next = take(flushing);
      if (!next) return;
      const at = position;
      position += lengthOf(next.entry);
      try {
        await write({ ...next.entry, offset: at });
        next.stored?.(at);
      } catch (error) {
        fail(error, next);
      }
    }
  }

  function fail(error: unknown, at: Partial<Single>): void {
    failures.push(error);
    at.failed?.(error);
    for (const one of waiting) if ("failed" in one) one.failed(error);
    waiting = [];
  }

  /** The next entry: what stands first, or the pieces of one type that stand there. */
  function take(flushing: boolean): (Partial<Single> & { entry: NewEntry }) | undefined {
    const [first] = waiting;
    if (!first) return undefined;
    if ("entry" in first) {
      waiting.shift();
      return first;
    }
    const { type } = first;
    const other = waiting.findIndex((one) => !("type" in one) || one.type !== type);
    const run = waiting.slice(0, Math.min(other < 0 ? waiting.length : other, MAX_TOKENS));
    let text = run.map((piece) => (piece as Piece).text).join("");
    // A high surrogate at the end waits for its other half: entries hold whole characters.
    const isLast = flushing || other === run.length;
    const half = isLast ? undefined : /[\uD800-\uDBFF]$/.exec(text)?.[0];
    if (half) text = text.slice(0, -1);
    if (text === "") return undefined;
    waiting = waiting.slice(run.length);
    if (half) waiting.unshift({ type, text: half });
    return { entry: { type, text, count: run.length } };
  }

  function start(flushing: boolean): Promise<void> {
    writing ??= drain(flushing).finally(() => {
      writing = undefined;
    });
    return writing;
  }

  function assertSound(): void {
    if (failures.length > 0) throw failures[0];
  }

  return {
    /** Takes a token of the answer or of its reasoning. Throws as `write` did. */
    add(type: PieceType, text: string): void {
      assertSound();
      if (text === "") return;
      waiting.push({ type, text });
      void start(false);
    },
    /**
     * Stores another entry, after all that was added before it.
     * @returns its position, once it is stored. Rejects as `write` did.
     */
    async put(entry: NewEntry): Promise<number> {
      assertSound();
      return new Promise((stored, failed) => {
        waiting.push({ entry, stored, failed });
        void start(false);
      });
    },
    /** Where the log is far behind: resolves when there is room again. Throws as `write` did. */
    room(): Promise<void> | undefined {
      assertSound();
      return waiting.length < MAX_WAITING ? undefined : start(false).then(assertSound);
    },
    /** Resolves when everything is stored. Rejects as `write` did. */
    async flush(): Promise<void> {
      await writing;
      await start(true);
      assertSound();
    },
    /** Where the next entry goes. */
    offset: () => position,
  };
}

export type Writer = ReturnType<typeof createWriter>;
