import { algorithms } from "@/lib/rate-limit/algorithms/decide";
import { sharedRedis } from "@/lib/rate-limit/client";
import { bucketInProcess } from "@/lib/rate-limit/in-process";
import type { Policy } from "@/lib/rate-limit/policy";
import { createRedisLimiter } from "@/lib/rate-limit/redis-limiter";
import { whenShared } from "@/lib/rate-limit/shared";
import { newGuestsWindowMs } from "./contract";

/**
 * New guests from one address: a token bucket, in Redis for all instances together. While Redis is away each
 * instance counts for itself: to let nobody in would shut every page, to let everybody in would void every
 * limit that is counted by guest.
 *
 * @param hasRedis whether the environment names a Redis; without one each instance counts for itself
 */
export function newGuests(limit: number, hasRedis: boolean): Policy {
  const policy = bucketInProcess("new-guests", { limit, windowMs: newGuestsWindowMs });
  return {
    ...policy,
    ofAddress: true,
    limiter: (self) =>
      hasRedis
        ? whenShared(self, createRedisLimiter(algorithms["token-bucket"], self, sharedRedis), {
            whenDown: "insured",
          })
        : policy.limiter(self),
  };
}
