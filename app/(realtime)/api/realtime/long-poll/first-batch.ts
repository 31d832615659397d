import { log } from "@/lib/log";
import type { TailBatch } from "@/lib/log/types";
import { revocations } from "@/lib/session/revocations";
import { streams } from "@/lib/streams";

/**
 * Waits for what comes after a position: there already, or as it comes. One query at the beginning;
 * what waits after that is an object in memory, which holds no database connection.
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
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, timeoutMs);
  const unregister = streams().register(end);
  const unfollow = revocations().onRevoked((id) => id === sessionId && end());
  left.addEventListener("abort", end);
  try {
    for await (const batch of log().tailBatches(stream, after, over.signal)) return batch;
    return null;
  } finally {
    clearTimeout(timer);
    unregister();
    unfollow();
    left.removeEventListener("abort", end);
  }
}
