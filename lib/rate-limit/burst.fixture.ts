import { type AlgorithmName, algorithms } from "./algorithms/decide";
import { createClient } from "./client";
import type { Limiter } from "./policy";
import { createRedisLimiter } from "./redis-limiter";
import { createUpstashLimiter } from "./upstash-limiter";

// One of several processes that ask at once: `burst.fixture.ts <url> <kind> <requests>`. Says how many
// were let in.
const [url = "", kind = "", requests = ""] = process.argv.slice(2);
// Longer than any machine stalls: an answer that is lost would be a request counted and not told.
const client = createClient(url, "token", 20_000);
const policy = { name: kind, limit: 50, windowMs: 3_600_000 };
const limiter: Limiter =
  kind === "upstash"
    ? createUpstashLimiter(policy, () => client)
    : createRedisLimiter(algorithms[kind as AlgorithmName], policy, () => client);

process.once("message", async () => {
  const burst = Array.from({ length: Number(requests) }, () => limiter.decide("me", 1));
  const decisions = await Promise.all(burst);
  process.send?.(decisions.filter(({ allowed }) => allowed).length);
  process.disconnect();
});
process.send?.("ready");
