import { algorithms } from "./algorithms/decide";
import { createMemoryLimiter } from "./memory-limiter";
import type { Policy, Quota } from "./policy";

/**
 * A policy for what one visitor does on one instance: a token bucket that holds `limit`, and is full
 * again after `windowMs`.
 */
export const bucketInProcess = (name: string, quota: Quota): Policy => ({
  name,
  ...quota,
  limiter: (policy) => createMemoryLimiter(algorithms["token-bucket"], policy),
});
