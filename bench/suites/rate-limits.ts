import { startRedis } from "../../embedded/redis/index.ts";
import { hasRedisServer, startRedisServer } from "../../embedded/redis/redis-server.fixture.ts";
import type { Running } from "../lab/stage.ts";
import { quantile } from "../lab/stats.ts";
import type { Sample, Suite } from "../suite.ts";

const TOKEN = "bench";
const LIMIT = 50;

export const suite: Suite = {
  name: "rate-limits",
  what: "what a decision costs, in the process and in Redis, one at a time and many at once.",
  growth: [{ figure: "p50", sizes: "decisions at once" }],
  async run(stage, measure) {
    if (!hasRedisServer) {
      stage.absent.push(
        "Redis: there is no redis-server on this machine: nothing to compare with.",
      );
      console.log(`  ! ${stage.absent.at(-1)}`);
      return;
    }
    const server = await startRedisServer();
    const memory = await startRedis({ token: TOKEN });
    const bridge = await startRedis({ token: TOKEN, engine: { url: server.url } });
    const peer = await stage.peer("limiters", {
      REST_MEMORY: memory.url,
      REST_TCP: bridge.url,
      REDIS: server.url,
      TOKEN,
    });
    const scale = stage.quick ? 1 : 2;
    const subjects = (kinds: string[], requests: number, atOnce: number) =>
      Object.fromEntries(
        kinds.map((kind) => [kind, () => decide(peer, kind, requests * scale, atOnce)]),
      );
    const local = ["in memory", "rate-limiter-flexible in memory"];
    const rest = [
      "REST, engine in memory",
      "REST over TCP Redis",
      "@upstash/ratelimit, REST over TCP Redis",
    ];
    const tcp = ["our script over TCP", "rate-limiter-flexible over TCP"];
    try {
      for (const kind of [...local, ...rest, ...tcp]) await decide(peer, kind, 1_000, 10);
      await measure({
        name: "one decision after the other",
        size: 1,
        units: { p50: "µs", p99: "µs", "decisions a second": "" },
        subjects: {
          ...subjects(local, 10_000, 1),
          ...subjects(rest, 500, 1),
          ...subjects(tcp, 2_000, 1),
        },
        targets: [
          { figure: "p50", of: "in memory", atMost: 10 },
          { figure: "p50", of: "REST, engine in memory", atMost: 1_500 },
          { figure: "p50", of: "REST over TCP Redis", atMost: 1_500 },
        ],
        ratios: [
          { figure: "p50", of: "our script over TCP", to: "rate-limiter-flexible over TCP" },
        ],
      });
      await measure({
        name: "10 decisions at once",
        size: 10,
        units: { p50: "µs", p99: "µs", "decisions a second": "" },
        subjects: { ...subjects(rest, 500, 10), ...subjects(tcp, 4_000, 10) },
      });
      await measure({
        name: "50 decisions at once",
        size: 50,
        units: { p50: "µs", p99: "µs", "decisions a second": "" },
        subjects: { ...subjects(rest, 2_000, 50), ...subjects(tcp, 10_000, 50) },
        ratios: [
          {
            figure: "decisions a second",
            of: "our script over TCP",
            to: "rate-limiter-flexible over TCP",
            atLeast: 0.8,
          },
          {
            figure: "decisions a second",
            of: "REST over TCP Redis",
            to: "rate-limiter-flexible over TCP",
          },
        ],
      });
    } finally {
      await peer.stop();
      await memory.stop();
      await bridge.stop();
      await server.stop();
    }
  },
};

/** Has the peer decide so often for one caller. Void unless exactly the limit was let in. */
async function decide(
  peer: Running,
  kind: string,
  requests: number,
  atOnce: number,
): Promise<Sample> {
  const query = new URLSearchParams({
    kind,
    requests: String(requests),
    at_once: String(atOnce),
    limit: String(LIMIT),
  });
  const response = await fetch(`${peer.base}/?${query}`);
  if (!response.ok) throw new Error(await response.text());
  const { admitted, seconds, micros } = (await response.json()) as {
    admitted: number;
    seconds: number;
    micros: number[];
  };
  if (admitted !== LIMIT)
    throw new Error(`${kind} let in ${admitted} where ${LIMIT} was the limit.`);
  return {
    p50: quantile(micros, 0.5),
    p99: quantile(micros, 0.99),
    "decisions a second": requests / seconds,
  };
}
