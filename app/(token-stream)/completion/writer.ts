import { setImmediate as nextTurn } from "node:timers/promises";

/** Tokens of one entry at most. */
const MAX_TOKENS = 32;
/** Tokens that may wait for the log; then the provider waits. */
const MAX_WAITING = 256;

export interface Batch {
  text: string;
  count: number;
  /** Where the text begins in the whole, in UTF-16 units. */
  offset: number;
}

export interface BatchesOptions {
  /** Where the first token goes. */
  offset: number;
  /** Stores a batch. Never called again before it has resolved, nor after it has rejected. */
  write(batch: Batch): Promise<void>;
}

/**
 * Gathers tokens while the batch before them is being stored: one that comes alone is written in the
 * next turn of the event loop, and those that come together are written together, at most 32. So a
 * token waits for one commit, a few milliseconds, and a database that slows down is asked less often.
 */
export function createBatches({ offset, write }: BatchesOptions) {
  let waiting: string[] = [];
  let place = offset;
  let writing: Promise<void> | undefined;
  const failures: unknown[] = [];

  async function drain(flushing: boolean): Promise<void> {
    // What the provider sent in one piece comes token by token, in this turn of the event loop.
    if (!flushing) await nextTurn();
    while (failures.length === 0) {
      const batch = take(flushing);
      if (!batch) return;
      try {
        await write(batch);
      } catch (error) {
        failures.push(error);
      }
    }
  }

  /** A high surrogate at the end waits for its other half: entries hold whole characters. */
  function take(flushing: boolean): Batch | undefined {
    const tokens = waiting.slice(0, MAX_TOKENS);
    let text = tokens.join("");
    const half = /[\uD800-\uDBFF]$/.exec(text)?.[0];
    if (half && !flushing) text = text.slice(0, -1);
    if (text === "") return undefined;
    waiting = waiting.slice(tokens.length);
    if (half && !flushing) waiting.unshift(half);
    const batch = { text, count: tokens.length, offset: place };
    place += text.length;
    return batch;
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
    /** Takes a token. Throws as `write` did. */
    add(token: string): void {
      assertSound();
      if (token === "") return;
      waiting.push(token);
      void start(false);
    },
    /** Where the log is far behind: resolves when there is room again. Rejects as `write` did. */
    room(): Promise<void> | undefined {
      return waiting.length < MAX_WAITING ? undefined : start(false).then(assertSound);
    },
    /** Resolves when everything is stored. Rejects as `write` did. */
    async flush(): Promise<void> {
      await writing;
      await start(true);
      assertSound();
    },
    /** Where the next token goes. */
    offset: () => place,
  };
}
