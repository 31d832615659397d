import { afterAll, expect, it } from "vitest";
import { pool } from "@/lib/db/pool";
import { POST as churn } from "../api/items/mine/churn/route";
import { POST as create, PUT as ensure } from "../api/items/mine/route";
import { GET as truth } from "../api/items/mine/truth/route";
import { type Item, listLimits, type Write } from "../contract";
import { ownPool } from "./database";
import { get, newVisitor, type Visitor } from "./items.fixture";
import { newList, pruneLists } from "./lists";

afterAll(() => Promise.all([pool().end(), ownPool().end()]));

const context = { params: Promise.resolve({}) as Promise<never> };
const post = async (handler: typeof churn, visitor: Visitor, body: unknown) => {
  const headers = { ...visitor.headers, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await handler(new Request("http://localhost/", init), context);
  return { status: response.status, headers: response.headers, body: await response.json() };
};
const write = (visitor: Visitor, ...writes: Write[]) => post(churn, visitor, { writes });
const itemsOf = async (visitor: Visitor): Promise<Item[]> =>
  (await get(truth, "/api/items/mine/truth", visitor)).body.items;

it("begins with 500 rows; begun anew it is another list", async () => {
  const visitor = await newVisitor();
  const made = await post(create, visitor, {});
  expect(made).toMatchObject({ status: 201, body: { rows: listLimits.rows } });
  expect(await itemsOf(visitor)).toHaveLength(listLimits.rows);
  const { rows } = await pool().query("SELECT id FROM item_list WHERE owner = $1", [
    visitor.userId,
  ]);
  expect(rows[0].id).not.toBe(visitor.list);
});

it("is left as it is by PUT, where it is there", async () => {
  const visitor = await newVisitor(7);
  const request = () =>
    new Request("http://localhost/", { method: "PUT", headers: visitor.headers });
  const kept = await ensure(request(), context);
  expect([kept.status, await kept.json()]).toEqual([200, { rows: 7 }]);
  await pool().query("DELETE FROM item_list WHERE owner = $1", [visitor.userId]);
  expect((await ensure(request(), context)).status).toBe(201);
});

it("two requests at once leave one list", async () => {
  const { userId } = await newVisitor();
  await Promise.all([1, 2, 3].map(() => newList(userId)));
  const { rows } = await pool().query("SELECT id FROM item_list WHERE owner = $1", [userId]);
  expect(rows).toHaveLength(1);
});

it("writes what it says it has written", async () => {
  const visitor = await newVisitor(10);
  const before = await itemsOf(visitor);
  const [newest, , third, ...rest] = before as [Item, Item, Item, ...Item[]];
  const { status, body } = await write(
    visitor,
    { kind: "insert" },
    { kind: "tie", id: third.id },
    { kind: "delete", id: newest.id },
    { kind: "back-date" },
    { kind: "delete" },
  );
  expect(status).toBe(200);
  const [inserted, tied, deleted, dated, random] = body.ids;
  const after = await itemsOf(visitor);
  const at = (id: string) => after.find((item) => item.id === id);
  expect(deleted).toBe(newest.id);
  expect([at(deleted), at(random)]).toEqual([undefined, undefined]);
  expect(body.rows).toBe(after.length);
  if (random !== inserted) expect(after[0]?.id).toBe(inserted);
  if (random !== tied) expect(at(tied)).toEqual({ ...third, id: tied });
  const oldest = rest.at(-1) as Item;
  if (random !== dated)
    expect(Date.parse(at(dated)?.created_at ?? "")).toBeGreaterThanOrEqual(
      Date.parse(oldest.created_at) - 1_000,
    );
});

it("answers null for a row that is not there", async () => {
  const visitor = await newVisitor(1);
  const other = await newVisitor(1);
  expect((await write(visitor, { kind: "delete", id: "999999" })).body.ids).toEqual([null]);
  // The other's first row has the same id; it stays.
  expect((await write(visitor, { kind: "delete", id: "1" })).body).toEqual({ ids: ["1"], rows: 0 });
  expect(await itemsOf(other)).toHaveLength(1);
  expect((await write(visitor, { kind: "tie" }, { kind: "delete" })).body.ids).toEqual([
    null,
    null,
  ]);
});

it("grows to its bound and no further", async () => {
  const visitor = await newVisitor(listLimits.maxRows - 1);
  const { body } = await write(visitor, { kind: "insert" }, { kind: "insert" }, { kind: "tie" });
  expect(body).toEqual({ ids: [expect.any(String), null, null], rows: listLimits.maxRows });
});

it("refuses more than its rate, with the wait", async () => {
  const visitor = await newVisitor(1);
  let last = await write(visitor, { kind: "insert" });
  // It refills while we ask: the bound is far above the limit.
  for (let n = 0; n < 100 && last.status === 200; n++)
    last = await write(visitor, { kind: "insert" });
  expect(last).toMatchObject({ status: 429, body: { "violated-policies": ["item-writes"] } });
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
});

it.each([
  {},
  { writes: [] },
  { writes: Array(listLimits.writes + 1).fill({ kind: "insert" }) },
  { writes: [{ kind: "truncate" }] },
  { writes: [{ kind: "delete", id: "1; DROP TABLE item" }] },
  { writes: [{ kind: "insert", list: 1 }] },
])("refuses %j", async (body) => {
  expect((await post(churn, await newVisitor(1), body)).status).toBe(400);
});

it("takes old lists away, with their rows", async () => {
  const old = await newVisitor(3);
  const used = await newVisitor(3);
  await pool().query("UPDATE item_list SET touched_at = now() - interval '25 h' WHERE id = $1", [
    old.list,
  ]);
  await pruneLists();
  const { rows } = await pool().query("SELECT DISTINCT list FROM own_item WHERE list = ANY ($1)", [
    [old.list, used.list],
  ]);
  expect(rows).toEqual([{ list: used.list }]);
});
