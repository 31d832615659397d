import { streams } from "@/lib/streams";
import { type JobState, jobLimits } from "../contract";
import { untilEnded } from "./events";
import type { JobRow } from "./rows";

/**
 * Waits for a job's end. Counts among the streams of its user: too many of them do not wait, and a
 * shutdown ends them all, each with the answer that it would have had without waiting.
 * @returns its state at its end; undefined where it has not ended in time
 */
export async function waitFor(
  request: Request,
  job: JobRow,
  seconds: number,
): Promise<JobState | undefined> {
  const owner = `wait:${job.userId}`;
  if (streams().sizeOf(owner) >= jobLimits.readersPerUser) return undefined;
  const over = new AbortController();
  const unregister = streams().register(() => over.abort(), owner);
  const signals = [request.signal, over.signal, AbortSignal.timeout(seconds * 1_000)];
  try {
    return await untilEnded(job.id, AbortSignal.any(signals));
  } finally {
    unregister();
  }
}
