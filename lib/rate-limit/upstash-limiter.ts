import { Ratelimit } from "@upstash/ratelimit";
import type { Redis } from "@upstash/redis";
import { slidingWindow } from "./algorithms/sliding-window";
import type { Limiter, Policy } from "./policy";

type Counted = string | number | null;

/**
 * `@upstash/ratelimit`'s sliding window, for requests that cost one unit. What is put right around it:
 * no cache of refusals, which would refuse until the end of the window; no limit of its own on time,
 * after which it lets everybody in without a word; and Retry-After from both windows' counts, where
 * its `reset` says the end of the sub-window.
 */
export function createUpstashLimiter(
  policy: Pick<Policy, "name" | "limit" | "windowMs">,
  redis: () => Redis,
  now: () => number = Date.now,
): Limiter {
  const { name, limit, windowMs } = policy;
  let made: Ratelimit | undefined;
  const library = () => {
    made ??= new Ratelimit({
      redis: redis(),
      limiter: Ratelimit.slidingWindow(limit, `${windowMs} ms`),
      prefix: `rl:${name}`,
      ephemeralCache: false,
      timeout: 0,
    });
    return made;
  };

  return {
    async decide(caller) {
      const { success, remaining, reason } = await library().limit(caller);
      if (reason === "timeout" || !Number.isFinite(remaining))
        throw new Error("the shared counters answered nonsense");
      const at = now();
      const decision = { allowed: success, remaining, decidedBy: "redis" as const };
      // At the latest: by then both windows have gone by.
      const resetMs = (Math.floor(at / windowMs) + 2) * windowMs - at;
      if (success) return { ...decision, retryAfterMs: 0, resetMs };
      const state = await read(caller, at);
      // The counts are younger than the refusal; never at once, though.
      return {
        ...decision,
        retryAfterMs: Math.max(1, slidingWindow.wait(state, policy, at, 1)),
        resetMs,
      };
    },
  };

  /** The library's two counters. */
  async function read(caller: string, at: number) {
    const window = Math.floor(at / windowMs);
    const keys = [window, window - 1].map((number) => `rl:${name}:${caller}:${number}`);
    const [count, previous] = (await redis().mget<Counted[]>(...keys)).map(Number);
    return { window, count: count ?? 0, previous: previous ?? 0 };
  }
}
