import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createSseParser } from "../../lib/sse-parser.ts";
import type { Running } from "../lab/stage.ts";
import { quantile } from "../lab/stats.ts";
import { cpuMs, watchMemory } from "../lab/usage.ts";
import type { Sample, Suite } from "../suite.ts";

// Each token is the time at which the upstream wrote it. Upstream and reader are this process: one clock.

const RATE = 30;
const now = () => performance.timeOrigin + performance.now();

/** How an answer is asked for: the path, and who asks for the n-th. */
interface Asked {
  server: Running;
  path: string;
  headers: (n: number) => Record<string, string>;
}

export const suite: Suite = {
  name: "token-stream",
  what: "what a token costs on its way through the producer, the log and a reader.",
  growth: [
    { figure: "CPU a token", sizes: "streams" },
    { figure: "first token p50", sizes: "streams" },
  ],
  async run(stage, measure) {
    const seconds = 3;
    const upstream = createServer((request, response) => void answer(request, response, seconds));
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    const address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const application = await stage.application({
      OPENAI_API_KEY: "bench",
      OPENAI_BASE_URL: `${address}/v1`,
    });
    const relay = await stage.peer("token-relay", { UPSTREAM: address });
    const python = await stage.fastapi("token_relay", { UPSTREAM: address });
    const throughLog = await asGuests(application);
    const plain = (server: Running): Asked => ({ server, path: "/", headers: () => ({}) });
    try {
      // A Next route takes some load to be what it is later.
      for (let n = 0; n < (stage.quick ? 1 : 2); n++) await read(throughLog, 30, seconds);
      for (const streams of stage.quick ? [1, 100] : [1, 10, 100]) {
        // A lag that grows says that it falls behind; one that stays is the price of batches.
        const limits: Record<string, number> =
          streams === 1 ? { "lag p50": 5, "lag p99": 60 } : { drift: 1_000 / RATE };
        await measure({
          size: streams,
          rounds: streams === 100 ? 5 : stage.quick ? 1 : 3,
          name: `${streams} ${streams === 1 ? "stream" : "streams"} at ${RATE} tokens/s`,
          units: {
            "lag p50": "ms",
            "lag p99": "ms",
            "lag max": "ms",
            drift: "ms",
            "first token p50": "ms",
            "CPU a token": "µs",
            memory: "MiB",
          },
          subjects: {
            "through the log": () => read(throughLog, streams, seconds),
            "bare node:http relay": () => read(plain(relay), streams, seconds),
            ...(python && { FastAPI: () => read(plain(python), streams, seconds) }),
          },
          ratios: [
            {
              ...{ figure: "CPU a token", of: "through the log", to: "bare node:http relay" },
              ...(streams === 100 && { atMost: 2.5 }),
            },
            { figure: "CPU a token", of: "through the log", to: "FastAPI" },
            {
              ...{ figure: "first token p50", of: "through the log", to: "FastAPI" },
              ...(streams === 100 && { atMost: 1 }),
            },
            { figure: "first token p50", of: "through the log", to: "bare node:http relay" },
          ],
          targets: Object.entries(limits).map(([figure, atMost]) => ({
            figure,
            of: "through the log",
            atMost,
          })),
        });
      }
    } finally {
      await Promise.all([application.stop(), relay.stop(), python?.stop()]);
      upstream.closeAllConnections();
      upstream.close();
    }
  },
};

/** The upstream: says the time, at once and thirty times a second, in OpenAI's format. */
async function answer(request: IncomingMessage, response: ServerResponse, seconds: number) {
  request.resume();
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (choice: object) =>
    response.write(
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, ...choice }] })}\n\n`,
    );
  const begun = performance.now();
  for (let n = 0; n < RATE * seconds; n++) {
    await delay(Math.max(0, begun + (n * 1_000) / RATE - performance.now()));
    send({ delta: { content: `${now().toFixed(2)} ` } });
  }
  send({ finish_reason: "stop" });
  response.end("data: [DONE]\n\n");
}

/** At most three answers run for one guest: each asks for two. */
async function asGuests(server: Running): Promise<Asked> {
  const tokens: string[] = [];
  for (let n = 0; n < 50; n++) {
    const response = await fetch(`${server.base}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ bearer: true }),
    });
    tokens.push(((await response.json()) as { token: string }).token);
  }
  return {
    server,
    path: "/api/completions",
    headers: (n) => ({
      authorization: `Bearer ${tokens[n % tokens.length]}`,
      "content-type": "application/json",
    }),
  };
}

/** One answer: when each token was said, how late it came, and how long the first one took. */
interface Answer {
  tokens: { said: number; lag: number }[];
  first: number;
}

/** Asks so many times at once, and reads each answer to its end. */
async function read(asked: Asked, streams: number, seconds: number): Promise<Sample> {
  const before = cpuMs(asked.server.pid);
  const peak = watchMemory(asked.server.pid);
  const answers = await Promise.all(Array.from({ length: streams }, (_, n) => one(asked, n)));
  const used = cpuMs(asked.server.pid) - before;
  const memory = peak();
  const tokens = answers.flatMap((answer) => answer.tokens);
  if (tokens.length !== streams * RATE * seconds)
    throw new Error(`${tokens.length} tokens came of ${streams * RATE * seconds}.`);
  const lags = tokens.map(({ lag }) => lag);
  return {
    "lag p50": quantile(lags, 0.5),
    "lag p99": quantile(lags, 0.99),
    "lag max": quantile(lags, 1),
    drift: driftOf(answers, seconds),
    "first token p50": quantile(
      answers.map(({ first }) => first),
      0.5,
    ),
    "CPU a token": (used * 1_000) / tokens.length,
    memory,
  };
}

/** What the lag has grown by from the second second to the last: who falls behind is later and later. */
function driftOf(answers: Answer[], seconds: number): number {
  const median = (second: number) =>
    quantile(
      answers.flatMap(({ tokens }) => {
        const begun = tokens[0]?.said ?? 0;
        const at = ({ said }: { said: number }) => Math.floor((said - begun + 1) / 1_000);
        return tokens.filter((token) => at(token) === second).map(({ lag }) => lag);
      }),
      0.5,
    );
  return median(seconds - 1) - median(1);
}

function one({ server, path, headers }: Asked, n: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const tokens: Answer["tokens"] = [];
    const begun = now();
    let first = 0;
    const parser = createSseParser({
      onEvent({ event, data }) {
        if (event !== "message") return;
        if (data === "[DONE]") return resolve({ tokens, first });
        const at = now();
        if (tokens.length === 0) first = at - begun;
        for (const word of JSON.parse(data).token.trim().split(" ")) {
          const said = Number(word);
          tokens.push({ said, lag: at - said });
        }
      },
    });
    const options = { method: "POST", agent: false, headers: headers(n) };
    request(`${server.base}${path}`, options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      response.setEncoding("utf8").on("data", (piece: string) => parser.feed(piece));
      response.once("error", reject).once("end", () => reject(new Error("Cut without [DONE].")));
    })
      .once("error", reject)
      .end(JSON.stringify({ prompt: "What time is it?" }));
  });
}
