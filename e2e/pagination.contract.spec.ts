import type { CursorPage, Explained, Item, OffsetPage, Write } from "../app/(pagination)/contract";
import { cursorPage, explained, offsetPage } from "../app/(pagination)/contract";
import { A, B, expect, test } from "./fixtures";
import { call, type Guest, newGuest } from "./support/guest";

const MILLION = 1_000_000;

async function byCursor(query = "", init: Parameters<typeof call>[1] = {}): Promise<CursorPage> {
  const response = await call(`/api/items/cursor${query}`, init);
  expect(response.status).toBe(200);
  return cursorPage.parse(await response.json());
}
async function byOffset(query = "", init: Parameters<typeof call>[1] = {}): Promise<OffsetPage> {
  const response = await call(`/api/items/offset${query}`, init);
  expect(response.status).toBe(200);
  return offsetPage.parse(await response.json());
}
async function plan(query: string): Promise<Explained> {
  const response = await call(`/api/items/plan${query}`);
  expect(response.status).toBe(200);
  return explained.parse(await response.json());
}
const idsOf = (items: Item[]) => items.map(({ id }) => id);

async function newListGuest(): Promise<Guest> {
  const guest = await newGuest();
  const made = await call("/api/items/mine", { method: "POST", guest });
  expect(made.status).toBe(201);
  expect(await made.json()).toEqual({ rows: 500 });
  return guest;
}
async function churn(guest: Guest, ...writes: Write[]): Promise<(string | null)[]> {
  const body = JSON.stringify({ writes });
  const response = await call("/api/items/mine/churn", { method: "POST", guest, body });
  expect(response.status).toBe(200);
  return (await response.json()).ids;
}

test.describe("the catalogue", () => {
  test("is a million rows, counted, estimated, or left uncounted, each at its price", async () => {
    const exact = await call("/api/items/offset?limit=1");
    expect(await exact.json()).toMatchObject({ offset: 0, total: MILLION });
    expect(exact.headers.get("server-timing")).toMatch(/^items;dur=[\d.]+, total;dur=[\d.]+$/);
    const estimated = (await byOffset("?limit=1&total=estimated")).total as number;
    expect(Math.abs(estimated - MILLION)).toBeLessThan(MILLION / 20);
    const none = await call("/api/items/offset?limit=1&total=none");
    expect((await none.json()).total).toBeNull();
    expect(none.headers.get("server-timing")).toMatch(/^items;dur=[\d.]+$/);
  });

  test("is the same by either way, and a cursor holds on every instance", async () => {
    for (const order of ["sort=time", "sort=price&direction=asc", "sort=title&category=music"]) {
      const pages: CursorPage[] = [await byCursor(`?${order}`)];
      for (let n = 1; n < 4; n++)
        pages.push(
          await byCursor(`?${order}&cursor=${pages.at(-1)?.next_cursor}`, { base: n % 2 ? B : A }),
        );
      const { items } = await byOffset(`?${order}&limit=80&total=none`);
      expect(pages.flatMap((page) => page.items)).toEqual(items);
      const back = await byCursor(`?${order}&cursor=${pages[2]?.prev_cursor}`);
      expect(back.items).toEqual(pages[1]?.items);
      expect(pages[0]?.prev_cursor).toBeNull();
    }
  });

  test("links its pages by relative URLs that hold all there is to say", async () => {
    const first = await call("/api/items/cursor?limit=5&sort=price&direction=asc&category=tools");
    const { next_cursor } = cursorPage.parse(await first.json());
    const link = first.headers.get("link") ?? "";
    const url = /^<(\/api\/items\/cursor\?[^>]+)>; rel="next"$/.exec(link)?.[1] as string;
    expect(new URL(url, A).searchParams.get("cursor")).toBe(next_cursor);
    const second = await call(url);
    const { items } = await byOffset(
      "?limit=5&offset=5&sort=price&direction=asc&category=tools&total=none",
    );
    expect((await second.json()).items).toEqual(items);
    expect(second.headers.get("link")).toMatch(/rel="next", <[^>]+>; rel="prev"$/);
  });

  test("is jumped into by offset, and read on by cursor, to its last row", async () => {
    const end = await byOffset(`?offset=${MILLION - 50}&total=none`);
    const on = await byCursor(`?cursor=${end.next_cursor}`);
    const last = await byCursor(`?cursor=${on.next_cursor}`);
    expect([on.items.length, last.items.length, last.next_cursor]).toEqual([20, 10, null]);
    const [row] = (await byOffset("?limit=1&direction=asc&total=none")).items;
    expect(last.items.at(-1)).toEqual(row);
    expect((await byOffset(`?offset=${MILLION}&total=none`)).items).toEqual([]);
  });

  test("costs by offset what lies before the page, and by cursor the page", async () => {
    const first = await plan("?way=cursor");
    const deep = await plan("?way=cursor&depth=900000");
    for (const { plan, rowsScanned, buffers } of [first, deep]) {
      expect(plan).toMatchObject({ node: "Limit", children: [{ node: "Index Scan" }] });
      expect([plan.children.length, rowsScanned]).toEqual([1, 21]);
      expect(buffers).toBeLessThanOrEqual(12);
    }
    expect(deep.plan.children[0]).toMatchObject({
      index: "item_created_at_id_idx",
      condition: expect.stringContaining("ROW(created_at, id) < ROW("),
      filter: null,
    });
    const offset = await plan("?way=offset&depth=900000");
    expect(offset.rowsScanned).toBeGreaterThanOrEqual(900_020);
    expect(offset.buffers).toBeGreaterThan(1_000);
  });
});

test.describe("what is refused", () => {
  const numbers = ["-1", "0", "1e9", "9007199254740993", "NaN", "0x14", "1.5", ""];
  for (const value of numbers)
    test(`limit=${value || "(empty)"}`, async () => {
      for (const path of ["offset", "cursor", "plan?way=cursor&"]) {
        const url = `/api/items/${path.includes("?") ? path : `${path}?`}limit=${value}`;
        const response = await call(url);
        expect(response.status).toBe(400);
        expect(response.headers.get("content-type")).toBe("application/problem+json");
        expect(await response.json()).toMatchObject({
          type: "/problems/invalid-parameter",
          errors: [{ field: "limit" }],
        });
      }
    });

  test("a cursor that is not one, or not of this order", async () => {
    const { next_cursor } = await byCursor();
    const cursor = next_cursor as string;
    const half = Math.floor(cursor.length / 2);
    const other = cursor[half] === "A" ? "B" : "A";
    for (const query of [
      `?cursor=`,
      `?cursor=${"A".repeat(8_000)}`,
      `?cursor=${cursor.slice(0, -1)}`,
      `?cursor=${cursor.slice(0, half)}${other}${cursor.slice(half + 1)}`,
      `?cursor=${cursor}&sort=price`,
      `?cursor=${cursor}&direction=asc`,
      `?cursor=${cursor}&category=books`,
    ]) {
      const response = await call(`/api/items/cursor${query}`);
      expect(response.status, query.slice(0, 40)).toBe(400);
      expect(await response.json()).toMatchObject({
        type: "/problems/invalid-cursor",
        errors: [{ field: "cursor" }],
      });
    }
  });

  test("another method, and a parameter that is not known", async () => {
    const put = await call("/api/items/cursor", { method: "PUT" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    const misspelt = await call("/api/items/offset?ofset=40");
    expect([misspelt.status, (await misspelt.json()).detail]).toEqual([
      400,
      expect.stringContaining("ofset"),
    ]);
  });
});

test.describe("a list of one's own", () => {
  test("reads on after the cursor's row is gone, and after ties with it have come", async () => {
    const guest = await newListGuest();
    const before = (await (await call("/api/items/mine/truth", { guest })).json()).items as Item[];
    const first = await byCursor("?list=mine", { guest });
    expect(first.items).toEqual(before.slice(0, 20));
    const { id } = first.items.at(-1) as Item;
    await churn(guest, { kind: "tie", id }, { kind: "delete", id }, { kind: "insert" });
    const second = await byCursor(`?list=mine&cursor=${first.next_cursor}`, { guest, base: B });
    expect(second.items).toEqual(before.slice(20, 40));
    // By offset the same writes shift the page.
    const shifted = await byOffset("?list=mine&offset=20&total=none", { guest });
    expect(idsOf(shifted.items)).not.toEqual(idsOf(second.items));
  });

  test("is another's no more than it is nobody's", async () => {
    const [guest, other] = [await newListGuest(), await newListGuest()];
    const { next_cursor } = await byCursor("?list=mine", { guest });
    const url = `/api/items/cursor?list=mine&cursor=${next_cursor}`;
    expect((await call(url)).status).toBe(401);
    expect((await call(url, { guest: other })).status).toBe(400);
    expect((await call(url, { guest: await newGuest() })).status).toBe(404);
    // Begun anew it is another list: a cursor into the old one would point into nothing.
    await call("/api/items/mine", { method: "POST", guest });
    expect((await call(url, { guest })).status).toBe(400);
  });
});
