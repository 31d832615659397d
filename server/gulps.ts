import type { IncomingMessage } from "node:http";

/** Handed on at once, at most, and held at most. */
const GULP_BYTES = 1024 * 1024;
/** The same in chunks: a client may send one for each byte, and each costs far more memory than that. */
const GULP_CHUNKS = 4_096;

/**
 * Next makes a web stream of a body by its async iterator, at a price for each chunk, and a socket
 * gives 64 KiB. A body read so comes in gulps, each in one piece.
 */
export function readInGulps(request: IncomingMessage): void {
  request[Symbol.asyncIterator] = async function* () {
    for await (const gulp of gulps(request)) yield Buffer.concat(gulp);
    return undefined;
  };
}

/** The body, in gulps: whatever has come while the reader was busy. Giving it up leaves the rest unread. */
export async function* gulps(
  request: IncomingMessage,
): AsyncGenerator<readonly Buffer[], undefined, undefined> {
  let chunks: Buffer[] = [];
  let held = 0;
  let over: { error?: Error } | undefined;
  let wake = () => {};
  const onData = (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held >= GULP_BYTES || chunks.length >= GULP_CHUNKS) request.pause();
    wake();
  };
  const onEnd = () => {
    over ??= {};
    wake();
  };
  // A close without an end is a break, even where all had come but not all was read.
  const onBreak = (error?: Error) => {
    over ??= { error: error ?? new Error("the request broke off") };
    wake();
  };
  if (request.destroyed) onBreak();
  request.on("data", onData).once("end", onEnd).once("error", onBreak).once("close", onBreak);
  try {
    for (;;) {
      if (held > 0) {
        const gulp = chunks;
        chunks = [];
        held = 0;
        request.resume();
        yield gulp;
      } else if (over) {
        if (over.error) throw over.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    request.off("data", onData).off("end", onEnd).off("error", onBreak).off("close", onBreak);
  }
}
