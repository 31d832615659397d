import { Ratelimit } from "@upstash/ratelimit";
import type { Redis } from "@upstash/redis";
import { slidingWindow } from "@/lib/rate-limit/algorithms/sliding-window";
import type { Limiter, Policy } from "@/lib/rate-limit/policy";
import type { AlgorithmName } from "./contract";

type Quota = Pick<Policy, "name" | "limit" | "windowMs">;
type Counted = string | number | null;

/**
 * `@upstash/ratelimit` just as it comes, for comparison: whoever is refused is told its `reset`. What
 * would really have been needed is read from its own counters, and stands beside it.
 */
export function createStockLimiter(
  algorithm: AlgorithmName,
  quota: Quota,
  redis: () => Redis,
): Limiter {
  const { name, limit, windowMs } = quota;
  const window = `${windowMs} ms` as const;
  const tokenEveryMs = windowMs / limit;
  const kinds = {
    "fixed-window": () => Ratelimit.fixedWindow(limit, window),
    "sliding-window": () => Ratelimit.slidingWindow(limit, window),
    "token-bucket": () => Ratelimit.tokenBucket(1, `${tokenEveryMs} ms`, limit),
  };
  let library: Ratelimit | undefined;

  /** How long until so many units are there, from what the library has counted. */
  const needed: Record<AlgorithmName, (key: string, now: number, cost: number) => Promise<number>> =
    {
      async "fixed-window"(_key, now) {
        return windowMs - (now % windowMs);
      },
      async "sliding-window"(key, now, cost) {
        const number = Math.floor(now / windowMs);
        const keys = [`${key}:${number}`, `${key}:${number - 1}`];
        const [count, previous] = await redis().mget<Counted[]>(...keys);
        const state = { window: number, count: Number(count), previous: Number(previous) };
        return slidingWindow.wait(state, quota, now, cost);
      },
      async "token-bucket"(key, now, cost) {
        const bucket = await redis().hmget<Record<string, number>>(key, "refilledAt", "tokens");
        const { refilledAt = now, tokens = 0 } = bucket ?? {};
        return refilledAt + Math.ceil(cost - tokens) * tokenEveryMs - now;
      },
    };

  return {
    async decide(caller, cost) {
      library ??= new Ratelimit({
        redis: redis(),
        limiter: kinds[algorithm](),
        prefix: `rl:${name}`,
        ephemeralCache: false,
      });
      const { success, remaining, reset } = await library.limit(caller, { rate: cost });
      const now = Date.now();
      const told = Math.max(0, reset - now);
      const notes = success
        ? undefined
        : {
            neededMs: Math.max(
              0,
              Math.ceil(await needed[algorithm](`rl:${name}:${caller}`, now, cost)),
            ),
          };
      return {
        allowed: success,
        remaining,
        retryAfterMs: success ? 0 : told,
        resetMs: told,
        decidedBy: "redis",
        notes,
      };
    },
  };
}
