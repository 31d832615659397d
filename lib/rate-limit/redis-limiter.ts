import { createHash } from "node:crypto";
import type { Redis } from "@upstash/redis";
import type { Algorithm } from "./algorithms/algorithm";
import { toDecision } from "./algorithms/decide";
import type { Snapshot } from "./memory-limiter";
import type { Limiter, Policy } from "./policy";

export interface RedisLimiter extends Limiter {
  /** A caller's state as it is now; nothing is spent. */
  peek(caller: string): Promise<Snapshot>;
}

/**
 * Counts where all instances do: one script a decision, which Redis runs with nothing between. Its
 * clock is Redis's, so instances whose clocks differ agree. Where the request is refused, nothing
 * is written.
 *
 * @param redis answers lazily: a Redis that is not configured is one that does not answer
 */
export function createRedisLimiter(
  algorithm: Algorithm,
  policy: Pick<Policy, "name" | "limit" | "windowMs">,
  redis: () => Redis,
): RedisLimiter {
  const code = scriptOf(algorithm);
  const sha = createHash("sha1").update(code).digest("hex");

  /** By its SHA; a Redis that does not know it yet is sent the whole. */
  async function evaluate(keys: string[], args: string[]): Promise<unknown> {
    try {
      return await redis().evalsha(sha, keys, args);
    } catch (error) {
      if (!String(error).includes("NOSCRIPT")) throw error;
      return redis().eval(code, keys, args);
    }
  }

  async function run(caller: string, cost: number) {
    const { name, limit, windowMs } = policy;
    const args = [limit, windowMs, cost, algorithm.lifetime(policy)].map(String);
    const reply = await evaluate([`rl:${name}:${caller}`], args);
    if (!Array.isArray(reply) || !reply.every(Number.isFinite))
      throw new Error("the shared counters answered nonsense");
    const [allowed, now = 0, ...values] = reply;
    const state = Object.fromEntries(algorithm.fields.map((field, i) => [field, values[i] ?? 0]));
    return { allowed: allowed === 1, now, state };
  }

  return {
    async decide(caller, cost) {
      const { allowed, now, state } = await run(caller, cost);
      return toDecision(algorithm, policy, now, { state, allowed, cost, decidedBy: "redis" });
    },
    async peek(caller) {
      const { now, state } = await run(caller, 0);
      return { state, now, remaining: algorithm.remaining(state, policy, now) };
    },
  };
}

/** The algorithm as a script: KEYS[1] is a hash of its fields; a cost of 0 only looks. */
function scriptOf({ lua, fields }: Algorithm): string {
  const names = fields.map((field) => `'${field}'`).join(", ");
  const numbers = fields.map((_, i) => `tonumber(found[${i + 1}])`).join(", ");
  const pairs = fields.map((field, i) => `'${field}', s[${i + 1}]`).join(", ");
  const values = fields.map((_, i) => `s[${i + 1}]`).join(", ");
  return `
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local cost, lifetime = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = redis.call('HMGET', KEYS[1], ${names})
local s = found[1] and {${numbers}} or nil
${lua.at}
${lua.left}
local allowed = cost <= left and 1 or 0
if cost > 0 and allowed == 1 then
  ${lua.spend}
  redis.call('HSET', KEYS[1], ${pairs})
  redis.call('PEXPIRE', KEYS[1], lifetime)
end
return {allowed, now, ${values}}`;
}
