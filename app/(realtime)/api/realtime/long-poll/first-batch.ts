import { log } from "@/lib/log";
import type { TailBatch } from "@/lib/log/types";
import { streams } from "@/lib/streams";

/**
 * Waits for what comes after a position: there already, or as it comes. One query at the beginning;
 * what waits after that is an object in memory, which holds no database connection.
 *
 * @param left aborts when the client has gone
 * @returns null when nothing came in time, or the process is ending
 */
export async function firstBatch(
  stream: string,
  after: number,
  timeoutMs: number,
  left: AbortSignal,
): Promise<TailBatch | null> {
  if (left.aborted) return null;
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, timeoutMs);
  const unregister = streams().register(end);
  left.addEventListener("abort", end);
  try {
    for await (const batch of log().tailBatches(stream, after, over.signal)) return batch;
    return null;
  } finally {
    clearTimeout(timer);
    unregister();
    left.removeEventListener("abort", end);
  }
}
