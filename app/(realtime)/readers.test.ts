import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { Server } from "socket.io";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { lifecycle } from "@/lib/lifecycle";
import { log } from "@/lib/log";
import { tokens } from "@/lib/session/session";
import { createSseParser } from "@/lib/sse-parser";
import { streams } from "@/lib/streams";
import { firstBatch } from "./api/realtime/long-poll/first-batch";
import { GET as longPoll } from "./api/realtime/long-poll/route";
import { GET as poll } from "./api/realtime/poll/route";
import { GET as sse } from "./api/realtime/sse/route";
import { laneNames } from "./contract";
import { streamOf } from "./entries";
import { compare } from "./realtime/client/agreement";
import type { Lane, LaneHost } from "./realtime/client/lane";
import { createLaneStats, type LaneStats } from "./realtime/client/lane-stats";
import { createLongPollLane } from "./realtime/client/long-poll";
import { createPollLane } from "./realtime/client/poll";
import { createSocketLane } from "./realtime/client/socket";
import { createSseLane, type Source } from "./realtime/client/sse";
import { serveRealtime } from "./socket/namespace";

let http: HttpServer;
let io: Server;
let url: string;
beforeAll(async () => {
  http = createServer();
  io = new Server(http);
  serveRealtime(io.of("/realtime"));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await io.close();
  log().close();
  await bus().close();
  await pool().end();
});

const handlers = { poll, "long-poll": longPoll, sse };
const context = { params: Promise.resolve({}) };

/** fetch() without a network: the route's own handler answers. */
const fetchAs = (token: string) =>
  (async (address, init) => {
    const address_ = new URL(String(address), "http://localhost");
    const name = address_.pathname.split("/").at(-1) as keyof typeof handlers;
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${token}`);
    init?.signal?.throwIfAborted();
    const left = new Promise<never>((_, reject) =>
      init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))),
    );
    const request = new Request(address_, { headers, signal: init?.signal });
    return Promise.race([handlers[name](request, context), left]);
  }) as typeof fetch;

/** EventSource without a browser: the part of it that the lane uses. */
function eventSource(ask: typeof fetch, address: string): Source {
  const target = new EventTarget();
  const end = new AbortController();
  const source = { readyState: 0, close: () => end.abort() };
  const parser = createSseParser({
    onEvent: ({ id, event, data }) =>
      target.dispatchEvent(new MessageEvent(event, { data, lastEventId: id })),
  });
  (async () => {
    const response = await ask(address, { signal: end.signal });
    target.dispatchEvent(new Event("open"));
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      if (end.signal.aborted) break;
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
    throw new Error("ended");
  })().catch(() => {
    if (end.signal.aborted) return;
    source.readyState = 2;
    target.dispatchEvent(new Event("error"));
  });
  return Object.assign(source, {
    addEventListener: target.addEventListener.bind(target),
  }) as Source;
}

/** A visitor with all four lanes, as the page has them. */
async function newVisitor() {
  const userId = randomUUID();
  const { token } = await tokens().issue({ userId, name: "Test" });
  const measures = new Map<string, LaneStats>();
  const run = randomUUID();
  const hostFor = (name: string): LaneHost => {
    const stats = createLaneStats({
      ...{ begin: 0, now: Date.now, offsetMs: () => 0, isDisturbed: () => false },
    });
    measures.set(name, stats);
    return {
      ...{ position: stats.position, entries: stats.entries, reset: stats.reset },
      ...{ request() {}, empty() {}, lost() {}, status() {}, wire() {} },
      ensureSession: async () => {},
    };
  };
  const ask = fetchAs(token);
  const common = (name: string) => ({ host: hostFor(name), run, fetch: ask });
  const lanes: Lane[] = [
    createSocketLane({ ...common("websocket"), url, token }),
    createSseLane({ ...common("sse"), open: (address) => eventSource(ask, address) }),
    createLongPollLane({ ...common("long-poll"), timeoutSeconds: 1 }),
    createPollLane({ ...common("poll"), intervalMs: () => 20 }),
  ];
  const append = (n: number) =>
    log().append(streamOf(userId), "tick", { sentAt: Date.now(), payload: `entry ${n}` });
  const agreement = () => {
    const chains = laneNames.map((name) => [name, (measures.get(name) as LaneStats).chain]);
    return compare(Object.fromEntries(chains));
  };
  return { userId, token, lanes, measures, append, agreement };
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("append"), n: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("drop", "loseNext", "stall", "hide", "show"),
      n: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("rest"), n: fc.integer({ max: 60, min: 1 }) }),
  },
);

describe("four readers", () => {
  it("have identical sequences, whatever is appended and whatever is cut, lost or held up", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const visitor = await newVisitor();
        try {
          for (const lane of visitor.lanes) lane.start();
          let appended = 0;
          for (const { do: what, n } of steps) {
            const lane = visitor.lanes[n];
            if (what === "append") {
              const many = Array.from({ length: n }, () => visitor.append(++appended));
              await Promise.all(many);
            } else if (what === "rest") await new Promise((resolve) => setTimeout(resolve, n));
            else if (what === "drop") lane?.drop();
            else if (what === "loseNext") lane?.loseNext();
            else if (what === "stall") lane?.stall(50);
            else lane?.hide(what === "hide");
          }
          for (const lane of visitor.lanes) lane.hide(false);
          // A push that is lost as the last one is noticed by the next: one more, until all are there.
          const behind = () =>
            [...visitor.measures.values()].some(({ position }) => position() < appended);
          for (let round = 0; round < 40 && (round === 0 || behind()); round++) {
            await visitor.append(++appended);
            for (let ms = 0; ms < 500 && behind(); ms += 10)
              await new Promise((resolve) => setTimeout(resolve, 10));
          }
          for (const { chain } of visitor.measures.values()) await chain.settled();
          expect(visitor.agreement()).toMatchObject({ position: appended, equal: true });
        } finally {
          for (const lane of visitor.lanes) lane.stop();
        }
      }),
      { numRuns: 25 },
    );
    await expect.poll(() => streams().size()).toBe(0);
  }, 120_000);

  it("are all told of a pruned position, and go on with the oldest", async () => {
    const visitor = await newVisitor();
    for (let n = 1; n <= 10; n++) await visitor.append(n);
    await log().prune(streamOf(visitor.userId), 6);
    for (const lane of visitor.lanes) lane.start();
    const figures = () => [...visitor.measures.values()].map((stats) => stats.figures(Date.now()));
    await expect.poll(() => figures().map(({ position }) => position)).toEqual([10, 10, 10, 10]);
    expect(figures().map(({ resets, delivered }) => [resets, delivered])).toEqual(
      laneNames.map(() => [1, 4]),
    );
    for (const lane of visitor.lanes) lane.stop();
    await expect.poll(() => streams().size()).toBe(0);
  });
});

describe("long polls", () => {
  const waitFor = (stream: string, signal = new AbortController().signal) =>
    firstBatch(stream, 0, 20_000, signal, randomUUID());

  it("wait by the thousand without a database connection, and all wake", async () => {
    const stream = `realtime:${randomUUID()}`;
    const waiting = Array.from({ length: 1_000 }, () => waitFor(stream));
    await expect
      .poll(() => [streams().size(), pool().waitingCount, pool().totalCount - pool().idleCount])
      .toEqual([1_000, 0, 0]);
    const begun = performance.now();
    await log().append(stream, "tick", { sentAt: 1, payload: "for all" });
    const batches = await Promise.all(waiting);
    // Woken, not timed out: that would be after 20 s.
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(batches.every((batch) => batch?.kind === "entries")).toBe(true);
    // One reader for all of them: what it brought is encoded once.
    expect(new Set(batches).size).toBe(1);
    expect(streams().size()).toBe(0);
  });

  it("wake at the append, not at their timeout", async () => {
    const stream = `realtime:${randomUUID()}`;
    const waiting = waitFor(stream);
    await expect.poll(() => log().position(stream)).toBe(0);
    const begun = performance.now();
    await log().append(stream, "tick", { sentAt: 1, payload: "now" });
    await waiting;
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it("end when their reader leaves, and leave nothing behind", async () => {
    const stream = `realtime:${randomUUID()}`;
    const leave = new AbortController();
    setMaxListeners(20, leave.signal);
    const waiting = Array.from({ length: 20 }, () => waitFor(stream, leave.signal));
    await expect.poll(() => log().position(stream)).toBe(0);
    leave.abort();
    expect(await Promise.all(waiting)).toEqual(Array(20).fill(null));
    expect([streams().size(), log().position(stream)]).toEqual([0, undefined]);
  });

  // Last: a process that has begun to end stays so.
  it("answer 204 at once when the process ends, those that come then included", async () => {
    const { token, userId } = await newVisitor();
    const ask = () => fetchAs(token)("/api/realtime/long-poll?timeout=20");
    const waiting = ask();
    await expect.poll(() => log().position(streamOf(userId))).toBe(0);
    const begun = performance.now();
    lifecycle().phase = "draining";
    streams().endAll();
    expect([(await waiting).status, (await ask()).status]).toEqual([204, 204]);
    // Not at their timeout, which is 20 s.
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
