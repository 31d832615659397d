import { algorithms } from "@/lib/rate-limit/algorithms/decide";
import { sharedRedis } from "@/lib/rate-limit/client";
import type { Policy } from "@/lib/rate-limit/policy";
import { createRedisLimiter } from "@/lib/rate-limit/redis-limiter";
import { whenShared } from "@/lib/rate-limit/shared";
import { newGuestsWindowMs } from "./contract";

/**
 * New guests from one address, on all instances together: a token bucket. While Redis is away each
 * instance counts for itself: to let nobody in would shut every page, to let everybody in would void every
 * limit that is counted by guest.
 */
export const newGuests = (limit: number): Policy => ({
  name: "new-guests",
  limit,
  windowMs: newGuestsWindowMs,
  ofAddress: true,
  limiter: (policy) =>
    whenShared(policy, createRedisLimiter(algorithms["token-bucket"], policy, sharedRedis), {
      whenDown: "insured",
    }),
});
