import type { DecidedBy, Decision, Quota } from "../policy";
import type { Algorithm } from "./algorithm";
import { fixedWindow } from "./fixed-window";
import { slidingWindow } from "./sliding-window";
import { tokenBucket } from "./token-bucket";

export const algorithms = {
  "fixed-window": fixedWindow,
  "sliding-window": slidingWindow,
  "token-bucket": tokenBucket,
} as unknown as Record<AlgorithmName, Algorithm>;
export type AlgorithmName = "fixed-window" | "sliding-window" | "token-bucket";

/** A decision, from the state as it is after it. */
export function toDecision(
  algorithm: Algorithm,
  quota: Quota,
  now: number,
  outcome: { state: Record<string, number>; allowed: boolean; cost: number; decidedBy: DecidedBy },
): Decision {
  const { state, allowed, cost, decidedBy } = outcome;
  return {
    allowed,
    remaining: algorithm.remaining(state, quota, now),
    retryAfterMs: allowed ? 0 : algorithm.wait(state, quota, now, cost),
    resetMs: algorithm.wait(state, quota, now, quota.limit),
    decidedBy,
    seen: { now, state },
  };
}
