import type { Faults, Input } from "../contract";
import type { JobRow } from "../jobs/rows";

// The faults that a request asked for: visible controls, so that retries can be watched.

/** What a busy service answers: 429 with Retry-After. */
export class AskedToWait extends Error {
  constructor(readonly seconds: number) {
    super(`Asked to come back after ${seconds} s.`);
  }
}

const faultsOf = ({ input }: JobRow): Partial<Faults> => (input as Input).faults;

/** Milliseconds that each step was asked to take longer. */
export const pauseOf = (job: JobRow) => faultsOf(job).pauseMs ?? 0;

/** @throws Error in the attempts that were asked to fail */
export function causeFault(job: JobRow, attempt: number): void {
  const { failures = 0, poison, retryAfterSeconds } = faultsOf(job);
  if (poison) throw new Error("Poisoned: every attempt at it fails.");
  if (attempt >= failures) return;
  if (retryAfterSeconds !== undefined) throw new AskedToWait(retryAfterSeconds);
  throw new Error(`Fault ${attempt + 1} of ${failures}, as asked for.`);
}
