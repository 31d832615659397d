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
      const window = Math.floor(now() / windowMs);
      const keys = [window, window - 1].map((number) => `rl:${name}:${caller}:${number}`);
      // In one turn, so that the client sends both in one request: the counts are those after it.
      const [{ success, remaining, reason }, counted] = await Promise.all([
        library().limit(caller),
        redis().mget<Counted[]>(...keys),
      ]);
      const [count, previous] = counted.map(Number);
      const state = { window, count: count ?? Number.NaN, previous: previous ?? Number.NaN };
      if (reason === "timeout" || ![remaining, ...Object.values(state)].every(Number.isFinite))
        throw new Error("the shared counters answered nonsense");
      const at = now();
      const present = slidingWindow.at(state, policy, at);
      return {
        allowed: success,
        remaining,
        // The counts may be younger than a refusal. Never at once, though.
        retryAfterMs: success ? 0 : Math.max(1, slidingWindow.wait(present, policy, at, 1)),
        resetMs: slidingWindow.wait(present, policy, at, limit),
        decidedBy: "redis",
      };
    },
  };
}
