import { log } from "@/lib/log";
import type { TailBatch } from "@/lib/log/types";
import { revocations } from "@/lib/session/revocations";
import { streams } from "@/lib/streams";

interface Poll {
  answer(batch: TailBatch | null): void;
  fail(error: unknown): void;
}

/** Polls of this process that wait for what comes after the same position: one reader for all of them. */
interface Wait {
  polls: Set<Poll>;
  end: AbortController;
}
const waits = new Map<string, Wait>();

/**
 * Waits for what comes after a position: there already, or as it comes. One query at the beginning;
 * what waits after that is an object in memory, which holds no database connection. All who wait
 * for the same are given the same batch.
 *
 * @param left aborts when the client has gone
 * @param sessionId who waits: for nothing any more, once that session is logged out
 * @returns null when nothing came in time, or the process is ending
 */
export async function firstBatch(
  stream: string,
  after: number,
  timeoutMs: number,
  left: AbortSignal,
  sessionId: string,
): Promise<TailBatch | null> {
  if (left.aborted) return null;
  const key = `${after} ${stream}`;
  const wait = waits.get(key) ?? begin(key, stream, after);
  let end = () => {};
  const answered = new Promise<TailBatch | null>((answer, fail) => {
    const poll = { answer, fail };
    wait.polls.add(poll);
    end = () => {
      answer(null);
      // The last one that leaves ends the reader.
      if (wait.polls.delete(poll) && wait.polls.size === 0) close(key, wait);
    };
  });
  const timer = setTimeout(end, timeoutMs);
  const unregister = streams().register(end);
  const unfollow = revocations().onRevoked((id) => id === sessionId && end());
  left.addEventListener("abort", end);
  try {
    return await answered;
  } finally {
    clearTimeout(timer);
    unregister();
    unfollow();
    left.removeEventListener("abort", end);
  }
}

function begin(key: string, stream: string, after: number): Wait {
  const wait: Wait = { polls: new Set(), end: new AbortController() };
  waits.set(key, wait);
  void read(key, wait, stream, after);
  return wait;
}

async function read(key: string, wait: Wait, stream: string, after: number): Promise<void> {
  try {
    for await (const batch of log().tailBatches(stream, after, wait.end.signal)) {
      close(key, wait);
      for (const { answer } of wait.polls) answer(batch);
    }
  } catch (error) {
    close(key, wait);
    for (const { fail } of wait.polls) fail(error);
  }
}

/** Whoever comes from here on begins anew. */
function close(key: string, wait: Wait): void {
  if (waits.get(key) === wait) waits.delete(key);
  wait.end.abort();
}
