import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createSseParser } from "../lib/sse-parser.ts";

// What a token costs on its way through the producer, the log and a reader: added latency, and CPU
// beside a bare node:http server that sends the same frames. Run against a built tree:
//   DATABASE_URL=… SESSION_SECRET=… npx tsx bench/token-stream.ts
// Each token is the time at which the upstream wrote it; all clocks are of one machine.

const RATE = 30;
const SECONDS = 10;

/** An upstream that says the time, thirty times a second. */
const pace = async (write: (text: string) => void) => {
  const begun = performance.now();
  for (let n = 1; n <= RATE * SECONDS; n++) {
    await delay(Math.max(0, begun + (n * 1_000) / RATE - performance.now()));
    write(`${(performance.timeOrigin + performance.now()).toFixed(2)} `);
  }
};
const upstream = createServer(async (request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (choice: object) =>
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`);
  await pace((content) => send({ delta: { content } }));
  send({ delta: {}, finish_reason: "stop" });
  response.end("data: [DONE]\n\n");
});

/** The peer: the same frames, from nothing but node:http. In a process of its own. */
const bare = createServer(async (_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let id = 0;
  await pace((token) => response.write(`id: ${++id}\ndata: ${JSON.stringify({ token })}\n\n`));
  response.end("data: [DONE]\n\n");
});

const cpuOf = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1_000;

if (process.argv[2] === "bare") {
  bare.listen(0, "127.0.0.1", () => process.send?.((bare.address() as AddressInfo).port));
  process.on("message", () => process.send?.(cpuOf(process.cpuUsage())));
} else await main();

async function main(): Promise<void> {
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  const port = 3980;
  const base = `http://127.0.0.1:${port}`;
  const instance = fork("dist/server.js", {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      LOG_LEVEL: "error",
      HOST: "127.0.0.1",
      PORT: String(port),
      OPENAI_API_KEY: "bench",
      OPENAI_BASE_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
    },
  });
  const peer = fork(import.meta.filename, ["bare"], { execArgv: process.execArgv });
  const [peerPort] = await once(peer, "message");
  try {
    while (!(await fetch(`${base}/readyz`).catch(() => null))?.ok) await delay(100);
    await run(base, 1);
    const peerCpu = async () => {
      peer.send("cpu");
      return (await once(peer, "message"))[0] as number;
    };
    for (const streams of [1, 100]) {
      report(`${streams} through the log`, await run(base, streams));
      report(
        `${streams} bare node:http`,
        await measure(streams, peerCpu, () => follow(`http://127.0.0.1:${peerPort}/`)),
      );
    }
  } finally {
    instance.kill("SIGTERM");
    peer.kill();
    upstream.close();
    upstream.closeAllConnections();
  }
}

interface Measured {
  lags: number[];
  frames: number;
  cpuMs: number;
}

/** Asks so many times, each three as one guest, and reads each answer to its end. */
async function run(base: string, streams: number): Promise<Measured> {
  const headers = { "content-type": "application/json" };
  const tokens: string[] = [];
  for (let n = 0; n < streams; n += 3) {
    const body = JSON.stringify({ bearer: true });
    const response = await fetch(`${base}/api/session`, { method: "POST", headers, body });
    tokens.push((await response.json()).token);
  }
  return measure(
    streams,
    () => instanceCpu(base),
    (n) =>
      fetch(`${base}/api/completions`, {
        method: "POST",
        headers: { ...headers, authorization: `Bearer ${tokens[Math.floor(n / 3)]}` },
        body: JSON.stringify({ prompt: "What time is it?" }),
      }).then((response) => readAll(response.body as unknown as AsyncIterable<Uint8Array>)),
  );
}

async function measure(
  streams: number,
  cpu: () => Promise<number>,
  one: (n: number) => Promise<number[][]>,
): Promise<Measured> {
  const before = await cpu();
  const all = (await Promise.all(Array.from({ length: streams }, (_, n) => one(n)))).flat();
  return {
    lags: all.flat().sort((a, b) => a - b),
    frames: all.length,
    cpuMs: (await cpu()) - before,
  };
}

const follow = (url: string) =>
  new Promise<number[][]>((resolve, reject) => {
    get(url, { agent: false }, (response) => resolve(readAll(response))).on("error", reject);
  });

/** For each frame the lags of its tokens, in milliseconds. */
async function readAll(body: AsyncIterable<Uint8Array>): Promise<number[][]> {
  const frames: number[][] = [];
  const parser = createSseParser({
    onEvent({ event, data }) {
      if (event !== "message" || data === "[DONE]") return;
      const now = performance.timeOrigin + performance.now();
      const times = JSON.parse(data).token.trim().split(" ");
      frames.push(times.map((at: string) => now - Number(at)));
    },
  });
  const decoder = new TextDecoder();
  for await (const piece of body) parser.feed(decoder.decode(piece, { stream: true }));
  return frames;
}

async function instanceCpu(base: string): Promise<number> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]) * 1_000;
}

function report(what: string, { lags, frames, cpuMs }: Measured): void {
  const at = (part: number) => lags[Math.floor((lags.length - 1) * part)]?.toFixed(1);
  console.log(
    `${what}: ${lags.length} tokens in ${frames} frames, lag p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ` +
      `max ${at(1)} ms, CPU ${((cpuMs * 1_000) / lags.length).toFixed(0)} µs a token`,
  );
}
