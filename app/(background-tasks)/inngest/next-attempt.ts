import { NonRetriableError, RetryAfterError } from "inngest";
import { jobLimits } from "../contract";
import { AskedToWait } from "./faults";

const FIRST_MS = 1_000;
const MAX_MS = 60_000;

/** How long after a failed attempt (0 is the first) the next one is: doubled each time, with jitter. */
export const backoffMs = (attempt: number, random: () => number) =>
  Math.round(Math.min(FIRST_MS * 2 ** attempt, MAX_MS) * (1 + random() / 4));

/**
 * What becomes of a failed attempt. The time is ours, said with RetryAfterError, so that the page's
 * countdown is the truth with every executor: their own backoffs differ, and are not told.
 * @returns `dueAt` null where there is no next attempt
 */
export function nextAttempt(error: unknown, attempt: number, now: number, random: () => number) {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  if (error instanceof NonRetriableError) return { retry: error, dueAt: null, message };
  if (attempt + 1 >= jobLimits.attempts) {
    // Inngest would go on for longer than we do: its count is not ours (see options.ts).
    return { retry: new NonRetriableError(message, { cause: error }), dueAt: null, message };
  }
  const ms = error instanceof AskedToWait ? error.seconds * 1_000 : backoffMs(attempt, random);
  const dueAt = new Date(now + ms);
  return { retry: new RetryAfterError(message, dueAt, { cause: error }), dueAt, message };
}
