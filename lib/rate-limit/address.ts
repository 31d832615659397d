import { env } from "../env";
import { bucketInProcess } from "./in-process";
import type { Policy, Quota } from "./policy";

/**
 * The policy that all guests of one address share, made from the one that each of them has:
 * ADDRESS_LIMIT_FACTOR times its quota, or undefined where that is 0.
 *
 * Each instance counts for itself, in memory: no second question to Redis for each request, and nothing that
 * could be away. So an address has its quota once on every instance.
 */
export function addressPolicy({ name, limit, windowMs }: Quota & { name: string }) {
  const factor = env().ADDRESS_LIMIT_FACTOR;
  if (factor === 0) return undefined;
  const quota = { limit: limit * factor, windowMs };
  return { ...bucketInProcess(`${name}-of-address`, quota), ofAddress: true } satisfies Policy;
}
