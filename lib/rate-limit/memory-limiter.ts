import { createHash } from "node:crypto";
import type { Algorithm } from "./algorithms/algorithm";
import { toDecision } from "./algorithms/decide";
import type { Decision, Limiter, Quota } from "./policy";

type State = Record<string, number>;

/** Callers that have a counter of their own. Beyond, new ones share these few, by hash. */
const MAX_CALLERS = 50_000;
const SHARED = 1_024;

export interface Snapshot {
  state: State;
  now: number;
  remaining: number;
}

export interface MemoryLimiter extends Limiter {
  /** A caller's state as it is now; nothing is spent. */
  peek(caller: string): Promise<Snapshot>;
  size(): number;
}

/**
 * Counts in this process: exact here, and each instance for itself. A full table makes strangers
 * share counters, which refuses one of them too soon and never lets one in too often.
 */
export function createMemoryLimiter(
  algorithm: Algorithm,
  quota: Quota,
  { now = Date.now, maxCallers = MAX_CALLERS } = {},
): MemoryLimiter {
  /** In the order in which they end, since all live equally long after their last request. */
  const counters = new Map<string, { state: State; endsAt: number }>();

  function keyOf(caller: string): string {
    if (counters.has(caller) || counters.size < maxCallers) return caller;
    forget();
    return counters.size < maxCallers ? caller : sharedKey(caller);
  }

  function forget(): void {
    for (const [key, { endsAt }] of counters) {
      if (endsAt > now()) return;
      counters.delete(key);
    }
  }

  return {
    size: () => counters.size,

    async peek(caller) {
      const at = now();
      const state = algorithm.at(counters.get(keyOf(caller))?.state, quota, at);
      return { state, now: at, remaining: algorithm.remaining(state, quota, at) };
    },

    async decide(caller, cost): Promise<Decision> {
      const at = now();
      const key = keyOf(caller);
      let state = algorithm.at(counters.get(key)?.state, quota, at);
      const allowed = algorithm.remaining(state, quota, at) >= cost;
      if (allowed) {
        state = algorithm.spend(state, quota, cost);
        counters.delete(key);
        counters.set(key, { state, endsAt: at + algorithm.lifetime(quota) });
      }
      return toDecision(algorithm, quota, at, { state, allowed, cost, decidedBy: "memory" });
    },
  };
}

/** One of a few counters for those who have none of their own; which one nobody can choose lightly. */
export const sharedKey = (caller: string) =>
  `shared:${createHash("sha256").update(caller).digest().readUInt16BE() % SHARED}`;
