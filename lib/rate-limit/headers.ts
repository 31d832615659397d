import { type Item, serializeList, Token } from "structured-headers";
import type { Decision, Policy } from "./policy";

/** Whole seconds, up: who waits them has waited long enough. */
export const seconds = (ms: number) => Math.ceil(ms / 1_000);

type Named = Pick<Policy, "name" | "limit" | "windowMs">;

/** `RateLimit-Policy`: the quota, and the seconds of its window. */
export function policyHeader({ name, limit, windowMs }: Named): [string, string] {
  const quota: Item = [name, new Map(Object.entries({ q: limit, w: seconds(windowMs) }))];
  return ["RateLimit-Policy", serializeList([quota])];
}

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers, structured fields), and
 * Retry-After where the request was refused. A decision made without the shared counters says so, in
 * a parameter with our name before it, as the draft asks of one's own.
 */
export function limitHeaders(policy: Named, decision: Decision): [string, string][] {
  const { remaining, resetMs, retryAfterMs, allowed, decidedBy } = decision;
  const service = new Map<string, number | Token>([
    ["r", remaining],
    ["t", seconds(resetMs)],
  ]);
  if (decidedBy === "insurance" || decidedBy === "nobody")
    service.set("patternbook-decided-by", new Token(decidedBy));
  const headers: [string, string][] = [
    policyHeader(policy),
    ["RateLimit", serializeList([[policy.name, service]])],
  ];
  if (!allowed) headers.push(["Retry-After", String(Math.max(1, seconds(retryAfterMs)))]);
  return headers;
}
