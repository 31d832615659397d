const PROBE_EVERY_MS = 1_000;
/** One late answer is an accident of its own caller. */
const FAILURES = 3;

/** The call was not made: the last one failed, and it is too early to try again. */
export class BreakerOpen extends Error {}

/**
 * Spares callers the wait for something that is down. After three failures in a row calls are refused
 * at once, and once a second one goes through, to see. The first success closes it: it is back
 * within a second of being back.
 */
export function createBreaker({
  now = Date.now,
  probeEveryMs = PROBE_EVERY_MS,
  failures = FAILURES,
} = {}) {
  let failed = 0;
  /** When the last call that may tell us more was begun; null while all is well. */
  let probedAt: number | null = null;
  return {
    isOpen: () => probedAt !== null,
    /** @throws BreakerOpen, or what the call throws */
    async run<T>(call: () => Promise<T>): Promise<T> {
      if (probedAt !== null) {
        if (now() - probedAt < probeEveryMs) throw new BreakerOpen("it failed a moment ago");
        probedAt = now();
      }
      try {
        const result = await call();
        failed = 0;
        probedAt = null;
        return result;
      } catch (error) {
        failed++;
        if (failed >= failures) probedAt ??= now();
        throw error;
      }
    },
  };
}

export type Breaker = ReturnType<typeof createBreaker>;
