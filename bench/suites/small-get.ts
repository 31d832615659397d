import { ask, requestUnits } from "../lab/load/requests.ts";
import type { Running } from "../lab/stage.ts";
import type { Suite } from "../suite.ts";

const PATH = "/api/events/pulse";
const BODY = '{"instance":"A","openStreams":0}';

const [ours, next, bare] = ["through the lane", "Next without the lane", "bare node:http"] as const;

export const suite: Suite = {
  name: "small-get",
  what: "what a request costs that is answered by 32 bytes of JSON: ours with its ids, headers and metrics.",
  growth: [
    { figure: "CPU a request", sizes: "connections" },
    { figure: "requests a second", sizes: "connections" },
  ],
  async run(stage, measure) {
    const servers: Record<string, Running | undefined> = {
      [ours]: await stage.application(),
      ...(stage.hasTimeFor(next) && { [next]: await stage.application({ DIRECT_LANE: "0" }) }),
      [bare]: await stage.peer("small-get", { KIND: "bare" }),
      Hono: await stage.peer("small-get", { KIND: "hono" }),
      Fastify: await stage.peer("small-get", { KIND: "fastify" }),
      FastAPI: await stage.fastapi("small_get"),
    };
    const there = Object.entries(servers).flatMap(([name, server]) =>
      server ? [[name, server] as const] : [],
    );
    const seconds = stage.quick ? 0.3 : 1;
    try {
      for (const [name, server] of there) {
        // A Next route takes some load to be what it is later.
        const warm = stage.quick ? 0.6 : name === next ? 10 : 4;
        await ask(server, PATH, BODY, { connections: 16, seconds: warm });
      }
      for (const connections of stage.quick ? [1, 16] : [1, 16, 64])
        await measure({
          name: `${connections} ${connections === 1 ? "connection" : "connections"}`,
          size: connections,
          units: requestUnits,
          subjects: Object.fromEntries(
            there.map(([name, server]) => [
              name,
              () => ask(server, PATH, BODY, { connections, seconds }),
            ]),
          ),
          ratios: [
            { figure: "requests a second", of: ours, to: "Hono", atLeast: 0.8 },
            { figure: "requests a second", of: ours, to: "FastAPI", atLeast: 2 },
            { figure: "CPU a request", of: ours, to: "Hono", atMost: 1.25 },
            { figure: "CPU a request", of: ours, to: "FastAPI", atMost: 0.5 },
            { figure: "requests a second", of: ours, to: bare },
            { figure: "requests a second", of: ours, to: "Fastify" },
            { figure: "requests a second", of: ours, to: next },
          ].filter(({ to }) => connections > 1 || to === next || to === bare),
        });
    } finally {
      await Promise.all(there.map(([, server]) => server.stop()));
    }
  },
};
