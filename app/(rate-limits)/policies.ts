import { algorithms } from "@/lib/rate-limit/algorithms/decide";
import { sharedRedis } from "@/lib/rate-limit/client";
import { flexibleMemory } from "@/lib/rate-limit/flexible-limiter";
import { createMemoryLimiter, type MemoryLimiter } from "@/lib/rate-limit/memory-limiter";
import type { Limiter, Policy } from "@/lib/rate-limit/policy";
import { createRedisLimiter, type RedisLimiter } from "@/lib/rate-limit/redis-limiter";
import { whenShared } from "@/lib/rate-limit/shared";
import { createUpstashLimiter } from "@/lib/rate-limit/upstash-limiter";
import { remember } from "@/lib/remember";
import { type AlgorithmName, rateLimits, type Store, type WhenDown } from "./contract";
import { createStockLimiter } from "./stock-limiter";

const { data, search, playground } = rateLimits;

/** The cheat sheet's first row: in the process, and each instance for itself. */
export const dataPolicy: Policy = { name: "data", ...data, limiter: flexibleMemory };

/** Its second: all instances together. While Redis is away, each lets half as many in by itself. */
export const searchPolicy: Policy = {
  name: "search",
  ...search,
  limiter: (policy) =>
    whenShared(policy, createUpstashLimiter(policy, sharedRedis), {
      whenDown: "insured",
      insuredLimit: search.limit / 2,
    }),
};

/** The policy of a request to the playground. All ways of failing share the same counters. */
export function playgroundPolicy(algorithm: AlgorithmName, store: Store, down: WhenDown): Policy {
  const name = store === "memory" ? `${algorithm}-memory` : `${algorithm}-${store}-${down}`;
  return {
    name,
    ...playground,
    limiter(policy) {
      if (store === "memory") return showing(inProcess(algorithm));
      const shared = store === "redis" ? showing(inRedis(algorithm)) : stock(algorithm);
      return whenShared(policy, shared, {
        whenDown: down,
        insuredLimit: playground.limit / 2,
      });
    },
  };
}

/** Refusals, too, show the state that they come from. */
const showing = (limiter: Limiter): Limiter => ({
  async decide(caller, cost) {
    const decision = await limiter.decide(caller, cost);
    return { ...decision, notes: { seen: decision.seen } };
  },
});

/** The counters of this instance. */
export const inProcess = (algorithm: AlgorithmName): MemoryLimiter =>
  remember(`playground:${algorithm}`, () => createMemoryLimiter(algorithms[algorithm], playground));

/** The counters of all instances. */
export const inRedis = (algorithm: AlgorithmName): RedisLimiter =>
  createRedisLimiter(
    algorithms[algorithm],
    { name: `playground:${algorithm}`, ...playground },
    sharedRedis,
  );

const stock = (algorithm: AlgorithmName) =>
  createStockLimiter(algorithm, { name: `stock:${algorithm}`, ...playground }, sharedRedis);
