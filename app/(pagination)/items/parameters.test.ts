import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pool } from "@/lib/db/pool";
import { GET as byCursor } from "../api/items/cursor/route";
import { GET as truth } from "../api/items/mine/truth/route";
import { GET as byOffset } from "../api/items/offset/route";
import { GET as plan } from "../api/items/plan/route";
import { deepPool, guarded, ownPool, pagePool, toIso } from "./database";
import { get, newVisitor, type Visitor } from "./items.fixture";

let visitor: Visitor;
beforeAll(async () => {
  visitor = await newVisitor(50);
});
afterAll(() => Promise.all([pool().end(), deepPool().end(), pagePool().end(), ownPool().end()]));

const noNumbers = [
  ...["-1", "1e9", "1000000000", "9007199254740993", "99999999999999999999", "NaN", "Infinity"],
  ...[
    "0x10",
    "1.5",
    "1.0",
    "",
    " 1",
    "+1",
    "%2B1",
    "١",
    "1,000",
    "null",
    "true",
    "1;DROP TABLE item",
  ],
];
const endpoints = { offset: byOffset, cursor: byCursor, plan } as const;
const parameters: [endpoint: keyof typeof endpoints, parameter: string, values: string[]][] = [
  ["offset", "limit", [...noNumbers, "0", "101"]],
  ["offset", "offset", [...noNumbers, "1000001"]],
  ["cursor", "limit", [...noNumbers, "0", "101"]],
  ["plan", "depth", [...noNumbers, "1000001"]],
  ["plan", "limit", [...noNumbers, "0", "101"]],
  ["offset", "total", ["", "maybe", "EXACT"]],
  ["plan", "way", ["", "both"]],
  ...(["offset", "cursor", "plan"] as const).flatMap((endpoint): typeof parameters => [
    [endpoint, "sort", ["", "id", "TIME", "created_at;--", "constructor"]],
    [endpoint, "direction", ["", "up", "ASC"]],
    [endpoint, "category", ["", "Books", "'", "%00"]],
  ]),
  ["offset", "list", ["", "yours", "1"]],
  ["cursor", "list", ["", "yours", "1"]],
];

describe.each(parameters)("%s?%s=", (endpoint, parameter, values) => {
  it.each(values)("%s is refused by name", async (value) => {
    const way = endpoint === "plan" && parameter !== "way" ? "way=cursor&" : "";
    const { status, body } = await get(
      endpoints[endpoint],
      `/api/items/${endpoint}?${way}${parameter}=${value}`,
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({
      type: "/problems/invalid-parameter",
      errors: [{ field: parameter, message: expect.any(String) }],
    });
    expect(body.detail).toContain(parameter);
  });

  it("given twice is refused by name", async () => {
    const { status, body } = await get(
      endpoints[endpoint],
      `/api/items/${endpoint}?way=offset&${parameter}=1&${parameter}=1`,
    );
    expect(status).toBe(400);
    expect(body.detail).toContain(parameter);
  });
});

describe("by offset", () => {
  const url = "/api/items/offset?list=mine&offset=40";

  it.each([
    ["exact", 50, /^items;dur=[\d.]+, total;dur=[\d.]+$/],
    ["estimated", expect.any(Number), /^items;dur=[\d.]+, total;dur=[\d.]+$/],
    ["none", null, /^items;dur=[\d.]+$/],
  ])("answers a total that is %s, and its cost", async (total, value, timing) => {
    const { status, headers, body } = await get(byOffset, `${url}&total=${total}`, visitor);
    expect(status).toBe(200);
    expect(body).toMatchObject({ offset: 40, total: value });
    expect(body.items).toHaveLength(10);
    expect(headers.get("server-timing")).toMatch(timing);
  });

  it("answers an empty page beyond the end", async () => {
    const { body } = await get(byOffset, "/api/items/offset?list=mine&offset=1000000", visitor);
    expect(body).toEqual({ items: [], offset: 1_000_000, total: 50, next_cursor: null });
  });

  it("reads on by cursor from where it has jumped to", async () => {
    const jumped = await get(byOffset, "/api/items/offset?list=mine&offset=20&limit=10", visitor);
    const on = `/api/items/cursor?list=mine&limit=10&cursor=${jumped.body.next_cursor}`;
    const next = await get(byOffset, "/api/items/offset?list=mine&offset=30&limit=10", visitor);
    expect((await get(byCursor, on, visitor)).body.items).toEqual(next.body.items);
    expect((await get(byOffset, url, visitor)).body.next_cursor).toBeNull();
  });
});

describe("a list of one's own", () => {
  it.each([
    ["offset", byOffset, "/api/items/offset?list=mine"],
    ["cursor", byCursor, "/api/items/cursor?list=mine"],
    ["truth", truth, "/api/items/mine/truth"],
  ])("wants a session: %s", async (_, handler, url) => {
    expect(await get(handler, url)).toMatchObject({ status: 401 });
  });

  it("is nobody else's: another's cursor is refused", async () => {
    const other = await newVisitor(50);
    const { body } = await get(byCursor, "/api/items/cursor?list=mine", other);
    const url = `/api/items/cursor?list=mine&cursor=${body.next_cursor}`;
    expect(await get(byCursor, url, other)).toMatchObject({ status: 200 });
    expect(await get(byCursor, url, visitor)).toMatchObject({
      status: 400,
      body: { type: "/problems/invalid-cursor", errors: [{ field: "cursor" }] },
    });
  });

  it("is told apart from none", async () => {
    const nobody = await newVisitor();
    await pool().query("DELETE FROM item_list WHERE owner = $1", [nobody.userId]);
    const { status, body } = await get(byCursor, "/api/items/cursor?list=mine", nobody);
    expect([status, body.detail]).toEqual([404, expect.stringContaining("PUT /api/items/mine")]);
  });
});

it.each([
  ["2024-01-01 00:00:00+00", "2024-01-01T00:00:00.000000Z"],
  ["2024-01-01 00:00:47.00011+00", "2024-01-01T00:00:47.000110Z"],
  ["2024-12-31 23:59:59.999999+00", "2024-12-31T23:59:59.999999Z"],
])("reads the time %s with all its microseconds", (text, iso) => expect(toIso(text)).toBe(iso));

it.each(["2024-01-01 00:00:00+01", "infinity", "2024-01-01 00:00:00", "10000-01-01 00:00:00+00"])(
  "refuses the time %s",
  (text) => expect(() => toIso(text)).toThrow("not UTC"),
);

describe("what takes too long", () => {
  it("is given up with a word on what to do", async () => {
    const slow = guarded(() =>
      deepPool()
        .query("SET statement_timeout = 20; SELECT pg_sleep(5)")
        .then(() => "in time"),
    );
    await expect(slow).rejects.toMatchObject({ status: 503, slug: "too-slow" });
  });

  it("has few connections, and says so when they are taken", async () => {
    const taken = await Promise.all([deepPool().connect(), deepPool().connect()]);
    const answer = await get(byOffset, "/api/items/offset");
    for (const client of taken) client.release();
    expect(answer).toMatchObject({ status: 503, body: { type: "/problems/busy" } });
    // Cursors read on meanwhile: they have connections of their own.
    expect(await get(byCursor, "/api/items/cursor")).toMatchObject({ status: 200 });
  });
});
