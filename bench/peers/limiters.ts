import { createServer } from "node:http";
import type { Redis as RestRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { algorithms } from "../../lib/rate-limit/algorithms/decide";
import { createClient } from "../../lib/rate-limit/client";
import { flexibleMemory } from "../../lib/rate-limit/flexible-limiter";
import { createMemoryLimiter } from "../../lib/rate-limit/memory-limiter";
import { createRedisLimiter } from "../../lib/rate-limit/redis-limiter";
import { createUpstashLimiter } from "../../lib/rate-limit/upstash-limiter";

// Every limiter in one process: `GET /?kind=…&requests=…&at_once=…&limit=…` takes so many decisions
// for a new caller, and answers how many were let in, how long it took, and each one's microseconds.

const { PORT, REST_MEMORY = "", REST_TCP = "", REDIS = "", TOKEN = "" } = process.env;
const windowMs = 3_600_000;
const tcp = new Redis(REDIS, { protocol: 2 });
const restMemory = createClient(REST_MEMORY, TOKEN, 60_000);
const restTcp = createClient(REST_TCP, TOKEN, 60_000);
/** Our scripts over TCP: what the REST client is asked for, without REST. */
const direct = {
  evalsha: (sha: string, keys: string[], args: string[]) => tcp.evalsha(sha, 1, ...keys, ...args),
  eval: (code: string, keys: string[], args: string[]) => tcp.eval(code, 1, ...keys, ...args),
} as unknown as RestRedis;

type Decide = (caller: string) => Promise<boolean>;
const ours = (redis: RestRedis) => (limit: number) =>
  createRedisLimiter(
    algorithms["fixed-window"],
    { name: `b${limit}`, limit, windowMs },
    () => redis,
  );
const bucket = algorithms["token-bucket"];

const kinds: Record<string, (limit: number) => Decide> = {
  "in memory": (limit) => decider(createMemoryLimiter(bucket, { limit, windowMs })),
  "rate-limiter-flexible in memory": (limit) => decider(flexibleMemory({ limit, windowMs })),
  "REST, engine in memory": (limit) => decider(ours(restMemory)(limit)),
  "REST over TCP Redis": (limit) => decider(ours(restTcp)(limit)),
  "@upstash/ratelimit, REST over TCP Redis": (limit) =>
    decider(createUpstashLimiter({ name: `u${limit}`, limit, windowMs }, () => restTcp)),
  "our script over TCP": (limit) => decider(ours(direct)(limit)),
  "rate-limiter-flexible over TCP"(limit) {
    const limiter = new RateLimiterRedis({
      storeClient: tcp,
      points: limit,
      duration: windowMs / 1_000,
      keyPrefix: `f${limit}`,
    });
    return (caller) =>
      limiter.consume(caller).then(
        () => true,
        (error: unknown) => {
          if (error instanceof RateLimiterRes) return false;
          throw error;
        },
      );
  },
};

function decider(limiter: ReturnType<typeof flexibleMemory>): Decide {
  return async (caller) => (await limiter.decide(caller, 1)).allowed;
}

let callers = 0;
async function run(kind: string, requests: number, atOnce: number, limit: number) {
  const decide = kinds[kind]?.(limit);
  if (!decide) throw new Error(`There is no limiter ${kind}.`);
  const caller = `caller-${process.pid}-${callers++}`;
  const micros: number[] = [];
  let [admitted, left] = [0, requests];
  const worker = async () => {
    while (left-- > 0) {
      const begun = performance.now();
      if (await decide(caller)) admitted++;
      micros.push((performance.now() - begun) * 1_000);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { admitted, seconds: (performance.now() - begun) / 1_000, micros };
}

createServer(async (request, response) => {
  const query = new URL(request.url ?? "/", "http://localhost").searchParams;
  const number = (name: string) => Number(query.get(name));
  try {
    const result = await run(
      query.get("kind") ?? "",
      number("requests"),
      number("at_once"),
      number("limit"),
    );
    response.end(JSON.stringify(result));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}).listen(Number(PORT), "127.0.0.1", () => process.send?.("listening"));
