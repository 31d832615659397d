import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import fc from "fast-check";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { PrismaClient } from "./db/generated/client";
import { createPool } from "./db/pool";
import { type Handler, HttpError, invalid, json, notFound, route } from "./http";
import { remember } from "./remember";

const OURS = "https://ours.example";
const logged: string[] = [];
beforeAll(() => {
  vi.stubEnv("ALLOWED_ORIGINS", `${OURS}, https://also.example:8443`);
  remember("logger", () =>
    pino({ level: "debug" }, { write: (line: string) => logged.push(line) }),
  );
});
afterAll(() => vi.unstubAllEnvs());

const context = { params: Promise.resolve({}) };
type Params = Record<string, never>;
type Routes = ReturnType<typeof route<Params>>;
type Method = keyof Routes;

function send(routes: Routes, method: Method, headers: Record<string, string> = {}) {
  const request = new Request("http://any.example/api/x", { method, headers });
  return routes[method](request, context) as Promise<Response>;
}

const ok: Handler = () => json({ ok: true });
const throwing =
  (error: unknown): Handler =>
  () => {
    throw error;
  };

/** The answer of a GET that throws this. */
const thrown = (error: unknown, headers: Record<string, string> = {}) =>
  send(route({ GET: throwing(error) }), "GET", headers);

const mutations: Method[] = ["POST", "PUT", "PATCH", "DELETE"];
const everything: Method[] = ["GET", "HEAD", ...mutations, "OPTIONS"];

describe("route", () => {
  it("is at most 25 lines", () => {
    const source = readFileSync(path.join(import.meta.dirname, "http.ts"), "utf8");
    const [body = ""] = /^export function route<[\s\S]*?^}/m.exec(source) ?? [];
    expect(body).toContain("method-not-allowed");
    expect(body.split("\n").length).toBeLessThanOrEqual(25);
  });

  it("hands request and params to the handler, and its answer back as it is", async () => {
    const answer = new Response("made", { status: 201, headers: { location: "/x/7" } });
    const { POST } = route<{ id: string }>({
      async POST(request, { params }) {
        expect(request.headers.get("x-a")).toBe("b");
        expect(await params).toEqual({ id: "7" });
        return answer;
      },
    });
    const request = new Request("http://any.example/", { method: "POST", headers: { "x-a": "b" } });
    expect(await POST(request, { params: Promise.resolve({ id: "7" }) })).toBe(answer);
  });

  it("offers what has a handler, HEAD with GET, and OPTIONS; the rest is 405 with Allow", async () => {
    const some = fc.subarray(["GET", ...mutations] as const);
    await fc.assert(
      fc.asyncProperty(some, async (given) => {
        const routes = route<Params>(Object.fromEntries(given.map((method) => [method, ok])));
        expect(Object.keys(routes).toSorted()).toEqual(everything.toSorted());
        const offered = everything.filter(
          (m) => m === "OPTIONS" || given.some((g) => g === m || (g === "GET" && m === "HEAD")),
        );
        for (const method of everything) {
          const response = await send(routes, method);
          const expected = method === "OPTIONS" ? 204 : offered.includes(method) ? 200 : 405;
          expect(response.status).toBe(expected);
          if (expected !== 200) expect(response.headers.get("allow")?.split(", ")).toEqual(offered);
        }
      }),
    );
  });

  it("says in the 405 what is offered, as a problem", async () => {
    const response = await send(route({ GET: ok }), "DELETE");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: "/problems/method-not-allowed",
      title: "Method not allowed",
      status: 405,
      detail: "DELETE is not offered here, only GET, HEAD, OPTIONS.",
    });
  });

  it("answers OPTIONS without a body", async () => {
    const response = await send(route({ POST: ok }), "OPTIONS");
    expect(response.status).toBe(204);
    expect(response.headers.get("allow")).toBe("POST, OPTIONS");
    expect(response.body).toBeNull();
  });

  it("answers HEAD with the status and headers of the GET and no body", async () => {
    let cancelled = false;
    const cancel = () => {
      cancelled = true;
    };
    const endless: Handler = () =>
      new Response(new ReadableStream({ cancel }), {
        status: 203,
        headers: { etag: '"7"', "content-length": "12", "content-type": "text/plain" },
      });
    const routes = route({ GET: endless });
    const [get, head] = [await send(routes, "GET"), await send(routes, "HEAD")];
    expect(head.status).toBe(203);
    expect([...head.headers]).toEqual([...get.headers]);
    expect(head.body).toBeNull();
    expect(cancelled).toBe(true);
  });

  it("answers HEAD without a body also where the GET fails", async () => {
    const failing = route({ GET: throwing(notFound()) });
    const head = await send(failing, "HEAD");
    expect(head.status).toBe(404);
    expect(head.headers.get("content-type")).toBe("application/problem+json");
    expect(await head.text()).toBe("");
  });

  it("keeps a HEAD handler that was given", async () => {
    const bare: Handler = () => new Response(null, { headers: { "x-own": "1" } });
    const own = route({ GET: ok, HEAD: bare });
    expect((await send(own, "HEAD")).headers.get("x-own")).toBe("1");
  });
});

describe("an HttpError", () => {
  it("becomes problem+json with its members and headers", async () => {
    const error = new HttpError(429, "too-many-requests", "Wait 3 s.", {
      headers: { "retry-after": "3" },
      members: { retryAfterMs: 3_000 },
    });
    const response = await thrown(error, { "x-request-id": "request-1" });
    expect(response.status).toBe(429);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-store",
      "content-type": "application/problem+json",
      "retry-after": "3",
    });
    expect(await response.json()).toEqual({
      type: "/problems/too-many-requests",
      title: "Too many requests",
      status: 429,
      detail: "Wait 3 s.",
      retryAfterMs: 3_000,
      requestId: "request-1",
    });
  });

  it("is answered also where a promise brings it", async () => {
    const rejecting: Handler = () => Promise.reject(notFound());
    const routes = route({ GET: rejecting });
    expect((await send(routes, "GET")).status).toBe(404);
  });

  it("names each invalid field of a contract", async () => {
    const { error } = z
      .object({ a: z.string(), b: z.array(z.number()) })
      .safeParse({ b: [1, "x"] });
    const response = await thrown(invalid(error as z.ZodError));
    const { status, errors, detail } = await response.json();
    expect(status).toBe(400);
    expect(errors.map(({ field }: { field: string }) => field)).toEqual(["a", "b.1"]);
    expect(detail).toMatch(/^a: .+; b\.1: /);
  });

  it("is not logged as a failure of ours", async () => {
    logged.length = 0;
    await thrown(notFound());
    expect(logged).toEqual([]);
  });
});

describe("an unknown throw", () => {
  const bare = {
    type: "/problems/internal-error",
    title: "Internal error",
    status: 500,
    detail: "Something broke on our side. Try again.",
  };

  it("is a bare 500 with the request's id: message and stack go to the log alone", async () => {
    logged.length = 0;
    const response = await thrown(new TypeError("password=hunter2"), { "x-request-id": "r-12345" });
    expect(response.status).toBe(500);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-store",
      "content-type": "application/problem+json",
    });
    expect(await response.json()).toEqual({ ...bare, requestId: "r-12345" });
    expect(logged).toHaveLength(1);
    const line = JSON.parse(logged[0] as string);
    expect(line).toMatchObject({ requestId: "r-12345", err: { message: "password=hunter2" } });
    expect(line.err.stack).toContain("http.test.ts");
  });

  it("is a bare 500 whatever the members of the error are called", async () => {
    const error = Object.assign(new Error("x"), {
      status: 418,
      slug: "teapot",
      detail: "secret",
      extra: { headers: { "x-secret": "1" }, members: { secret: 1 } },
      code: "23505",
    });
    const response = await thrown(error);
    expect(response.status).toBe(500);
    expect(response.headers.get("x-secret")).toBeNull();
    expect(await response.json()).toEqual(bare);
  });

  it("is a bare 500 whatever is thrown", async () => {
    const strange = fc.oneof(fc.anything(), fc.constantFrom(null, undefined, Symbol("s"), 7n));
    await fc.assert(
      fc.asyncProperty(strange, async (value) => {
        const response = await thrown(value);
        expect(response.status).toBe(500);
        expect(await response.json()).toEqual(bare);
      }),
      { examples: [[null], [undefined]] },
    );
  });
});

describe("a database that is away", () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  async function expectUnavailable(error: unknown) {
    const response = await thrown(error);
    expect(response.status, String(error)).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect((await response.json()).type).toBe("/problems/unavailable");
  }

  it.each([
    ...["08000", "08001", "08006", "57P01", "57P02", "57P03"],
    ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "P1001", "P1017", "P2024", "P2028"],
  ])("is a 503 with Retry-After: %s", async (code) => {
    await expectUnavailable(Object.assign(new Error("secret host"), { code }));
  });

  it.each(["ENOTFOUND", "EAI_AGAIN"])(
    "is a 503 with Retry-After where its name is not known: %s",
    async (code) => {
      const message = `getaddrinfo ${code} database`;
      await expectUnavailable(Object.assign(new Error(message), { code, syscall: "getaddrinfo" }));
    },
  );

  it("is not taken for what else a database refuses", async () => {
    for (const code of ["23505", "42601", "22P02", "P2002", "P2025", "ENOENT", 8])
      expect((await thrown(Object.assign(new Error("x"), { code }))).status).toBe(500);
  });

  it("is a 503 as the drivers tell of it: refused, and no connection left", async () => {
    const dead = createPool("postgresql://postgres@127.0.0.1:1/none", 1);
    const prisma = new PrismaClient({ adapter: new PrismaPg(dead) });
    closers.push(() => dead.end());
    await expectUnavailable(await dead.query("SELECT 1").catch((error) => error));
    await expectUnavailable(await prisma.room.count().catch((error) => error));
    await expectUnavailable(new Error("timeout exceeded when trying to connect"));
  });

  it("is a 503 where the server goes away under a query", async () => {
    const name = `http-${randomUUID()}`;
    const url = new URL(process.env.DATABASE_URL as string);
    const other = createPool(url.href, 2);
    url.searchParams.set("application_name", name);
    const pool = createPool(url.href, 2);
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    closers.push(
      () => other.end(),
      () => pool.end(),
    );
    const room = await prisma.room.create({ data: { name, title: name } });
    const holder = await other.connect();
    try {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM chat_room WHERE name = $1 FOR UPDATE", [room.name]);
      const queries = [
        pool.query("UPDATE chat_room SET title = '' WHERE name = $1", [name]),
        prisma.room.update({ where: { name }, data: { title: "x" } }),
      ].map((query) => query.catch((error: unknown) => error));
      const waiting =
        "FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'";
      await expect
        .poll(async () => (await other.query(`SELECT 1 ${waiting}`, [name])).rowCount)
        .toBe(2);
      await other.query(`SELECT pg_terminate_backend(pid) ${waiting}`, [name]);
      for (const error of await Promise.all(queries)) await expectUnavailable(error);
    } finally {
      await holder.query("ROLLBACK");
      await holder.query("DELETE FROM chat_room WHERE name = $1", [name]);
      holder.release();
    }
  });
});

describe("a foreign page", () => {
  const counted = () => {
    let calls = 0;
    const handler = () => {
      calls++;
      return new Response(null, { status: 200 });
    };
    const all = Object.fromEntries(everything.map((method) => [method, handler]));
    return { routes: route<Params>(all), calls: () => calls };
  };
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "" },
    { origin: `${OURS}.evil.example` },
    { origin: "http://ours.example" },
    { origin: `${OURS}:444` },
    { origin: `${OURS}/` },
    { origin: `${OURS}, https://evil.example` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: OURS, "sec-fetch-site": "cross-site" },
  ];
  const own: Record<string, string>[] = [
    {},
    { origin: OURS },
    { origin: "https://also.example:8443" },
    { origin: OURS, "sec-fetch-site": "same-origin" },
    { origin: "https://also.example:8443", "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ];

  it.each(foreign)("may change nothing: %j", async (headers) => {
    const { routes, calls } = counted();
    for (const method of mutations) {
      const response = await send(routes, method, headers);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ type: "/problems/foreign-origin" });
    }
    expect(calls()).toBe(0);
  });

  it.each(foreign)("may read, as far as the browser lets it: %j", async (headers) => {
    const { routes } = counted();
    for (const method of ["GET", "HEAD", "OPTIONS"] as const)
      expect((await send(routes, method, headers)).status).toBe(200);
  });

  it.each(own)("is not one of ours, nor a program: %j", async (headers) => {
    const { routes } = counted();
    for (const method of everything) expect((await send(routes, method, headers)).status).toBe(200);
  });
});
