import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { sharedKey } from "./memory-limiter";
import type { DecidedBy, Decision, Limiter, Quota } from "./policy";

/** Callers that have a counter of their own; beyond, new ones share 1,024, by hash. */
const MAX_CALLERS = 50_000;

/**
 * `rate-limiter-flexible` in memory: a fixed window that begins with a caller's first request. It
 * keeps a key and a timer for each caller of a window without bound; here they are bounded.
 */
export function flexibleMemory(
  { limit, windowMs }: Quota,
  { decidedBy = "memory" as DecidedBy, maxCallers = MAX_CALLERS } = {},
): Limiter {
  const limiter = new RateLimiterMemory({ points: limit, duration: windowMs / 1_000 });
  /** When each counter ends, in that order. */
  const known = new Map<string, number>();

  function keyOf(caller: string): string {
    const now = Date.now();
    for (const [key, endsAt] of known) {
      if (endsAt > now) break;
      known.delete(key);
    }
    if (known.has(caller)) return caller;
    if (known.size >= maxCallers) return sharedKey(caller);
    known.set(caller, now + windowMs);
    return caller;
  }

  return {
    async decide(caller, cost): Promise<Decision> {
      const key = keyOf(caller);
      try {
        return toDecision(await limiter.consume(key, cost), true);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        // It counts what it refuses. That is nothing to one unit, and to several it would be a fine.
        if (cost === 1 || refused.msBeforeNext <= 0) return toDecision(refused, false);
        await limiter.reward(key, cost);
        return toDecision(refused, false, cost);
      }
    },
  };

  function toDecision(result: RateLimiterRes, allowed: boolean, returned = 0): Decision {
    return {
      allowed,
      remaining: Math.max(0, limit - result.consumedPoints + returned),
      retryAfterMs: allowed ? 0 : Math.max(1, result.msBeforeNext),
      resetMs: result.msBeforeNext,
      decidedBy,
    };
  }
}
