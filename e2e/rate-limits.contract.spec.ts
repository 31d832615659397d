import { request as send } from "node:http";
import { parseList } from "structured-headers";
import {
  algorithmNames,
  dataAnswer,
  limitState,
  limitsAnswer,
  rateLimits,
  refusal,
  searchAnswer,
} from "../app/(rate-limits)/contract";
import { startRedis } from "../embedded/redis";
import { problemSchema } from "../lib/problem";
import { A, B, expect, test } from "./fixtures";
import { call, type Guest, newGuest } from "./support/guest";
import { metric } from "./support/instances";
import { startInstance } from "./support/own-instance";

const QUOTA = "https://iana.org/assignments/http-problem-types#quota-exceeded";
const { limit, windowMs } = rateLimits.playground;

/** A field of the answer as name and parameters, by a parser of structured fields. */
function field(response: Response, name: string): [string, Record<string, unknown>] {
  const [[item, parameters] = ["", new Map()]] = parseList(response.headers.get(name) ?? "");
  return [String(item), Object.fromEntries(parameters as Map<string, unknown>)];
}
const left = (response: Response) => field(response, "ratelimit")[1].r;

/** Waits where a window of the clock ends soon: what is left would rise in the middle of a test. */
async function awayFromBorder(ms: number): Promise<void> {
  if (ms - (Date.now() % ms) < 8_000) await untilFreshWindow(ms);
}

/** Waits for a window that nobody has used, with time in it. */
async function untilFreshWindow(ms: number): Promise<void> {
  const wait = ms - (Date.now() % ms) + 200;
  await new Promise((resolve) => setTimeout(resolve, wait));
}

test("GET /api/data says what is left, and refuses with everything that a client needs", async () => {
  const guest = await newGuest();
  const first = await call("/api/data", { guest });
  expect(first.status).toBe(200);
  dataAnswer.parse(await first.json());
  expect(field(first, "ratelimit-policy")).toEqual(["data", { q: 100, w: 60 }]);
  expect(field(first, "ratelimit")).toEqual(["data", { r: 99, t: 60 }]);
  for (let i = 0; i < 99; i++) expect((await call("/api/data", { guest })).status).toBe(200);
  const refused = await call("/api/data", { guest });
  expect(refused.status).toBe(429);
  const problem = await refused.json();
  expect(problemSchema.parse(problem)).toMatchObject({
    type: QUOTA,
    "violated-policies": ["data"],
  });
  const { retryAfterMs } = refusal.parse(problem);
  expect(Number(refused.headers.get("retry-after"))).toBe(Math.ceil(retryAfterMs / 1_000));
  expect(left(refused)).toBe(0);
  // Another instance counts for itself, and another caller has a quota of its own.
  expect(left(await call("/api/data", { guest, base: B }))).toBe(99);
  expect(left(await call("/api/data", { guest: await newGuest() }))).toBe(99);
});

test("GET /api/search is one limit for both instances, errors included", async () => {
  await awayFromBorder(rateLimits.search.windowMs);
  const guest = await newGuest();
  const found = await call("/api/search?q=cursor", { guest });
  expect(searchAnswer.parse(await found.json()).results.map(({ page }) => page)).toContain(
    "/pagination",
  );
  expect(field(found, "ratelimit-policy")).toEqual(["search", { q: 30, w: 60 }]);
  expect(left(found)).toBe(29);
  expect(left(await call("/api/search?q=chat", { guest, base: B }))).toBe(28);
  const bad = await call("/api/search", { guest });
  expect(bad.status).toBe(400);
  expect(left(bad)).toBe(27);
});

test("however a request is spelled, it is counted once and under one name", async () => {
  await awayFromBorder(rateLimits.search.windowMs);
  const guest = await newGuest();
  const counted: unknown[] = [];
  const spellings: [method: string, path: string, headers?: Record<string, string>][] = [
    ["GET", "/api/search?q=a"],
    ["HEAD", "/api/search?q=a"],
    ["GET", "/api/search?q=a&q2=1&x=2"],
    ["GET", "/api/search?x=2&q=a"],
    ["GET", "/api/search?q=a", { "x-forwarded-for": "203.0.113.7" }],
    ["GET", "/api/search?q=a", { "x-client-address": "203.0.113.8", forwarded: "for=1.2.3.4" }],
  ];
  for (const [method, path, headers] of spellings)
    counted.push(left(await call(path, { method, guest, headers })));
  expect(counted).toEqual([29, 28, 27, 26, 25, 24]);
  // Another spelling of the path is another address, or leads to this one: never another bucket.
  for (const path of ["/API/SEARCH?q=a", "/api/search/?q=a", "/api/%73earch?q=a"]) {
    const response = await call(path, { guest });
    if (response.status === 404) expect(response.headers.get("ratelimit")).toBeNull();
    else expect(left(response)).toBeLessThan(24);
  }
});

/** What is left for whoever has no session, with these headers, at an instance. */
async function leftFor(base: string, headers: Record<string, string>): Promise<unknown> {
  return left(await call("/api/limits/fixed-window?store=memory", { base, headers }));
}

test("who has no session is counted by address, and cannot choose it", async () => {
  await untilFreshWindow(windowMs);
  const first = Number(await leftFor(A, {}));
  const forged: Record<string, string>[] = [
    { "x-forwarded-for": "203.0.113.1" },
    { "x-forwarded-for": "203.0.113.2, 203.0.113.3" },
    { "x-real-ip": "203.0.113.4" },
    { "x-client-address": "203.0.113.5" },
    { authorization: "Bearer nonsense" },
  ];
  for (const [i, headers] of forged.entries())
    expect(await leftFor(A, headers)).toBe(first - 1 - i);
});

test("behind a trusted proxy the address counts that the proxy has added", async () => {
  const own = await startInstance({ TRUSTED_PROXY_HOPS: "1" });
  try {
    await untilFreshWindow(windowMs);
    const ask = (chain: string) => leftFor(own.base, { "x-forwarded-for": chain });
    expect(await ask("203.0.113.1")).toBe(limit - 1);
    expect(await ask("198.51.100.9, 203.0.113.1")).toBe(limit - 2);
    expect(await ask("::ffff:203.0.113.1")).toBe(limit - 3);
    expect(await ask("203.0.113.2")).toBe(limit - 1);
    expect(await ask("2001:db8:1:2::1")).toBe(limit - 1);
    expect(await ask("2001:DB8:1:2:3:4:5:6")).toBe(limit - 2);
    expect(await ask("2001:db8:1:3::1")).toBe(limit - 1);
  } finally {
    await own.end("SIGTERM");
  }
});

/** Fires at both instances at once, and answers how many each let in. */
async function burst(guest: Guest, path: string, requests: number) {
  const answers = await Promise.all(
    Array.from({ length: requests }, async (_, i) => {
      const response = await call(path, { guest, base: i % 2 ? A : B });
      return { status: response.status, body: await response.json() };
    }),
  );
  return {
    admitted: answers.filter(({ status }) => status === 200).length,
    // Where the machine was too slow for the deadline, the insurance has counted some of them.
    byRedis: answers.every(({ body }) => body.decidedBy === "redis"),
  };
}

for (const algorithm of algorithmNames)
  test(`two instances let in exactly the limit together: ${algorithm}`, async () => {
    test.setTimeout(90_000);
    await expect(async () => {
      if (algorithm !== "token-bucket") await untilFreshWindow(windowMs);
      const guest = await newGuest();
      const begun = performance.now();
      const path = `/api/limits/${algorithm}?store=redis&down=closed`;
      const { admitted, byRedis } = await burst(guest, path, 60);
      expect(byRedis).toBe(true);
      const refilled = algorithm === "token-bucket" ? (performance.now() - begun) / 1_000 : 0;
      expect(admitted).toBeGreaterThanOrEqual(limit);
      expect(admitted).toBeLessThanOrEqual(limit + Math.floor(refilled));
    }).toPass({ timeout: 80_000 });
  });

test("Retry-After holds, of each algorithm in memory and in Redis", async () => {
  test.setTimeout(60_000);
  const kinds = algorithmNames.flatMap((name) => [`${name}?store=memory`, `${name}?store=redis`]);
  // Together: each waits as long as it is told to, for a guest of its own.
  await Promise.all(kinds.map(holds));
});

async function holds(kind: string): Promise<void> {
  const guest = await newGuest();
  const path = `/api/limits/${kind}&weight=4&down=closed`;
  let answer = await call(path, { guest });
  while (answer.status === 200) answer = await call(path, { guest });
  expect(answer.status, kind).toBe(429);
  const { retryAfterMs } = refusal.parse(await answer.json());
  expect(retryAfterMs, kind).toBeLessThanOrEqual(2 * windowMs);
  await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
  const again = await call(path, { guest });
  expect(again.status, kind).toBe(200);
  limitsAnswer.parse(await again.json());
}

test("the state can be looked at, and looking costs nothing", async () => {
  const guest = await newGuest();
  for (const algorithm of algorithmNames)
    for (const store of ["memory", "redis"]) {
      const path = `/api/limits/${algorithm}/state?store=${store}`;
      for (let i = 0; i < 3; i++) {
        const response = await call(path, { guest });
        expect(response.status).toBe(200);
        expect(limitState.parse(await response.json())).toMatchObject({ remaining: limit });
      }
    }
});

test("what is wrong is said", async () => {
  const guest = await newGuest();
  const status = async (path: string, init: RequestInit = {}) =>
    (await call(path, { guest, ...init })).status;
  expect(await status("/api/limits/leaky")).toBe(404);
  expect(await status("/api/limits/leaky/state")).toBe(404);
  for (const query of [
    "store=disk",
    "weight=0",
    "weight=11",
    "weight=1e1",
    "down=maybe",
    "store=memory&store=redis",
  ])
    expect(await status(`/api/limits/fixed-window?${query}`)).toBe(400);
  expect(await status("/api/limits/fixed-window", { method: "POST" })).toBe(405);
  expect(await status("/api/limits/plug", { method: "POST", body: '{"fault":"fire"}' })).toBe(400);
  const anonymous = await call("/api/limits/plug", { method: "POST", body: '{"fault":null}' });
  expect(anonymous.status).toBe(401);
});

test("pages of the other instance may read an answer, foreign ones may not", async () => {
  const cors = async (origin: string) =>
    (await call("/api/limits/fixed-window?store=memory", { headers: { origin } })).headers;
  const own = await cors(B);
  expect(own.get("access-control-allow-origin")).toBe(B);
  expect(own.get("access-control-expose-headers")).toContain("Retry-After");
  expect((await cors("https://evil.example")).get("access-control-allow-origin")).toBeNull();
});

test.describe("an instance whose Redis", () => {
  /** An own instance over an own Redis; what each declared policy does, and how long the answer took. */
  async function withRedis(
    env: (url: string) => Record<string, string>,
    work: (base: string, redis: Awaited<ReturnType<typeof startRedis>>) => Promise<void>,
  ) {
    const redis = await startRedis({ token: "the token" });
    const own = await startInstance({ UPSTASH_REDIS_REST_TOKEN: "the token", ...env(redis.url) });
    try {
      await work(own.base, redis);
    } finally {
      await own.end("SIGTERM");
      await redis.stop();
    }
  }
  const ask = async (base: string, down: string) => {
    const response = await call(`/api/limits/fixed-window?down=${down}`, { base });
    return { response, body: await response.json() };
  };
  async function expectFallbacks(base: string) {
    const open = await ask(base, "open");
    expect([open.response.status, open.body.decidedBy]).toEqual([200, "nobody"]);
    expect(open.response.headers.get("ratelimit")).toContain("patternbook-decided-by=nobody");
    const insured = await ask(base, "insured");
    expect([insured.response.status, insured.body.decidedBy]).toEqual([200, "insurance"]);
    const closed = await ask(base, "closed");
    expect(closed.response.status).toBe(503);
    expect(closed.response.headers.get("retry-after")).toBe("2");
    expect(closed.response.headers.get("ratelimit-policy")).toContain("q=10;w=10");
    expect(problemSchema.parse(closed.body).type).toBe("/problems/limiter-unavailable");
    const search = await call("/api/search?q=chat", { base });
    expect(search.status).toBe(200);
    expect(search.headers.get("ratelimit")).toContain("patternbook-decided-by=insurance");
  }

  test("is not configured, or does not take the token", async () => {
    test.setTimeout(60_000);
    await withRedis(
      () => ({}),
      async (base) => {
        await expectFallbacks(base);
        // Where no demo runs, there is no plug to pull.
        const guest = await newGuest("Guest", base);
        const body = '{"fault":"hang"}';
        const pull = await call("/api/limits/plug", { method: "POST", guest, base, body });
        expect(pull.status).toBe(404);
      },
    );
    await withRedis(
      (url) => ({ UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: "wrong" }),
      expectFallbacks,
    );
  });

  test("hangs, refuses or errs does as each route has declared, and is back within 5 s", async () => {
    test.setTimeout(120_000);
    await withRedis(
      (url) => ({ UPSTASH_REDIS_REST_URL: url }),
      async (base, redis) => {
        const byRedis = async () => (await ask(base, "closed")).body.decidedBy;
        const pull = (fault: string | null) =>
          fetch(`${redis.url}/plug`, {
            method: "POST",
            headers: { authorization: "Bearer the token" },
            body: JSON.stringify({ fault, seconds: fault === "refuse" ? 4 : 60 }),
          });
        for (const fault of ["hang", "error", "refuse"]) {
          await expect.poll(byRedis, { timeout: 5_000 }).toBe("redis");
          await pull(fault);
          await expect.poll(byRedis).toBe("nobody");
          await expectFallbacks(base);
          if (fault !== "refuse") await pull(null);
          await expect.poll(byRedis, { timeout: fault === "refuse" ? 9_000 : 5_000 }).toBe("redis");
        }
        expect(await metric(base, "rate_limit_fallbacks_total")).toBeGreaterThan(9);
        expect(await metric(base, "rate_limit_decisions_total")).toBeGreaterThan(9);
      },
    );
  });
});

test("a path that a client writes otherwise reaches no other bucket either", async () => {
  // fetch() tidies paths; a socket does not.
  const raw = (path: string) =>
    new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
      const { hostname, port } = new URL(A);
      send({ hostname, port, path }, (response) => {
        response.resume();
        resolve([response.statusCode, response.headers.ratelimit as string | undefined]);
      })
        .once("error", reject)
        .end();
    });
  for (const path of [
    "/api/./data",
    "/api/x/../data",
    "//api//data",
    "/api//data",
    "/api/data;x=1",
    "/api/data%00",
    "/api/DATA",
  ]) {
    const [status, ratelimit] = await raw(path);
    if (status === 200) expect(ratelimit).toMatch(/^"data";/);
    else expect(ratelimit).toBeUndefined();
  }
});
