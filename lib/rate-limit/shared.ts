import { HttpError } from "../http";
import { logger } from "../logger";
import { metrics } from "../metrics";
import { remember } from "../remember";
import { type Breaker, BreakerOpen, createBreaker } from "./breaker";
import { flexibleMemory } from "./flexible-limiter";
import { policyHeader } from "./headers";
import { runOut } from "./patience";
import type { Decision, Limiter, Policy, WhenDown } from "./policy";

/** Routes answer within 500 ms, whatever Redis does. */
export const DECISION_MS = 450;
const LOG_EVERY_MS = 10_000;
/** When a client that was turned away may come again: the next probe is over by then. */
const RETRY_SECONDS = 2;

/** One for the process: all policies share one Redis. */
export const sharedBreaker = (): Breaker => remember("rate-limit-breaker", () => createBreaker());

export interface SharedOptions {
  whenDown: WhenDown;
  /** For `insured`: units of each instance on its own. Default: the policy's limit. */
  insuredLimit?: number;
  breaker?: Breaker;
}

/** A limiter whose counters may be away, with what its route has declared for that. */
export function whenShared(policy: Policy, shared: Limiter, options: SharedOptions): Limiter {
  const { whenDown, insuredLimit = policy.limit, breaker = sharedBreaker() } = options;
  const { limit, windowMs } = policy;
  const insurance = flexibleMemory({ limit: insuredLimit, windowMs }, { decidedBy: "insurance" });

  function fallBack(caller: string, cost: number): Promise<Decision> | Decision {
    if (whenDown === "insured") return insurance.decide(caller, Math.min(cost, insuredLimit));
    if (whenDown === "open")
      return { allowed: true, remaining: limit, retryAfterMs: 0, resetMs: 0, decidedBy: "nobody" };
    throw new HttpError(503, "limiter-unavailable", "Requests cannot be counted now. Try again.", {
      headers: [policyHeader(policy), ["retry-after", String(RETRY_SECONDS)]],
      members: { retryAfterMs: RETRY_SECONDS * 1_000, decidedBy: "nobody" },
    });
  }

  return {
    async decide(caller, cost) {
      try {
        return await breaker.run(() => inTime(shared.decide(caller, cost)));
      } catch (error) {
        report(policy.name, whenDown, error);
        return fallBack(caller, cost);
      }
    },
  };
}

/** A decision may take several requests (a script that has to be sent first), each with its deadline. */
async function inTime(decision: Promise<Decision>): Promise<Decision> {
  let end: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    end = runOut(DECISION_MS, () => reject(new Error(`no decision in ${DECISION_MS} ms`)));
  });
  try {
    return await Promise.race([decision, late]);
  } finally {
    end?.();
  }
}

/** Counts every decision made without Redis; logs the first, and then one in so many seconds. */
function report(policy: string, whenDown: WhenDown, error: unknown): void {
  metrics().rateLimitFallbacks.inc({ policy, what: whenDown });
  if (error instanceof BreakerOpen) return;
  const last = remember("rate-limit-logged", () => ({ at: Number.NEGATIVE_INFINITY }));
  if (Date.now() - last.at < LOG_EVERY_MS) return;
  last.at = Date.now();
  // The client's messages carry the whole command, and with it who asked.
  const { name, message } = error as Error;
  const reason = `${name}: ${message.split(/, command was|\n/, 1)[0]?.slice(0, 200)}`;
  logger().warn({ policy, whenDown, reason }, "the shared counters do not answer");
}
