import { answerOf, type Handler, HttpError } from "../http";
import { metrics } from "../metrics";
import { remember } from "../remember";
import { addressPolicy } from "./address";
import { addressOf, callerOf } from "./caller";
import { limitHeaders } from "./headers";
import type { Decision, Limiter, Policy, Quota } from "./policy";

/** What a request is counted under, where that depends on the request. */
export interface Charge {
  policy: Policy;
  cost: number;
}

/**
 * Counts each request of a handler before it runs, for its caller and for its caller's address: a new
 * guest costs nothing, so a quota of each guest alone would be none. Every answer says what is left to the
 * caller. HEAD is counted as the GET it stands for.
 *
 * @param charge the policy, or what finds it: an error it throws is answered uncounted
 * @throws (as an answer) 429 `quota-exceeded`; 503 where the policy is `closed` and Redis is away
 */
export function withRateLimit<P>(
  charge: Policy | ((request: Request, params: P) => Charge),
  handler: (
    request: Request,
    context: { params: Promise<P>; decision: Decision },
  ) => Response | Promise<Response>,
): Handler<P> {
  return async (request, context) => {
    const { policy, cost } =
      typeof charge === "function"
        ? charge(request, await context.params)
        : { policy: charge, cost: 1 };
    const { decision, headers } = await count(policy, await callerOf(request), cost);
    // Last: an address pays for no request that its guest's own quota refuses. The guest's unit is spent
    // where the address is refused.
    await countForAddress(request, policy, cost);
    const response = await answerOf(() => handler(request, { ...context, decision }), request);
    for (const [name, value] of headers) response.headers.set(name, value);
    return response;
  };
}

/**
 * Counts one request.
 * @throws HttpError 429 `quota-exceeded`; 503 where the policy is `closed` and Redis is away
 */
export async function count(policy: Policy, caller: string, cost = 1) {
  const decision = await limiterOf(policy).decide(caller, cost);
  metrics().rateLimitDecisions.inc({
    policy: policy.name,
    outcome: decision.allowed ? "allowed" : "refused",
    by: decision.decidedBy,
  });
  const headers = limitHeaders(policy, decision);
  if (!decision.allowed) throw exceeded(policy, decision, headers);
  return { decision, headers };
}

/**
 * Counts one request for its address alone: what all guests of that address may do together, which is
 * ADDRESS_LIMIT_FACTOR times the quota.
 * @throws HttpError 429 `quota-exceeded`
 */
export async function countForAddress(
  request: Request,
  quota: Quota & { name: string },
  cost = 1,
): Promise<void> {
  const policy = addressPolicy(quota);
  if (policy) await count(policy, addressOf(request), cost);
}

/** The policy's limiter, one in a process: routes have their own instances of modules. */
export const limiterOf = (policy: Policy): Limiter =>
  remember(`rate-limit:${policy.name}`, () => policy.limiter(policy));

/** The problem type is the draft's own (section 5), not one of ours. */
function exceeded(policy: Policy, decision: Decision, headers: [string, string][]): HttpError {
  const { retryAfterMs, decidedBy, notes } = decision;
  const wait = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const quota = policy.ofAddress
    ? `The quota of ${policy.limit} that everybody at your address shares`
    : `Your quota of ${policy.limit}`;
  const detail = `${quota} is used up. Try again in ${wait} s.`;
  return new HttpError(429, "quota-exceeded", detail, {
    headers,
    members: {
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      "violated-policies": [policy.name],
      retryAfterMs,
      decidedBy,
      ...notes,
    },
  });
}
