import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { pool } from "@/lib/db/pool";
import { GET } from "../api/items/cursor/route";
import { category, direction, type Item, sort } from "../contract";
import { ownPool } from "./database";
import { allOf, first, follow } from "./following.fixture";
import { get, insert, linksOf, newVisitor, remove } from "./items.fixture";

afterAll(() => Promise.all([pool().end(), ownPool().end()]));

/** Few values each, so that most rows tie in something; times a microsecond apart. */
const rows: fc.Arbitrary<Omit<Item, "id">> = fc.record({
  created_at: fc.constantFrom(
    ...["000000", "000001", "000999", "001000"].map((us) => `2024-02-29T23:59:59.${us}Z`),
  ),
  category: fc.constantFrom("books" as const, "tools" as const),
  price: fc.constantFrom(0, 1, 2),
  title: fc.constantFrom("", "Z", "a", "É", "a'b"),
});
type Write = { kind: "insert"; row: Omit<Item, "id"> } | { kind: "delete"; at: number };
const writes: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), row: rows }),
  fc.record({ kind: fc.constant("delete" as const), at: fc.nat(60) }),
);
const orders = fc.record({
  sort: fc.constantFrom(...sort.options),
  direction: fc.constantFrom(...direction.options),
  category: fc.option(fc.constantFrom(...category.options.slice(0, 1)), { nil: undefined }),
});

const idsOf = (pages: { items: Item[] }[]) =>
  pages.flatMap(({ items }) => items.map(({ id }) => id));

async function filled(initial: Omit<Item, "id">[]) {
  const visitor = await newVisitor();
  const ids: string[] = [];
  for (const row of initial) ids.push(await insert(visitor.list, row));
  return { visitor, ids };
}

/** Carries out the writes; deletes take any row that was ever there, `last` among them. */
async function carryOut(list: number, ids: string[], batch: Write[], last: string | undefined) {
  for (const write of batch)
    if (write.kind === "insert") ids.push(await insert(list, write.row));
    else {
      const id = write.at % 3 === 0 ? last : ids[write.at % Math.max(1, ids.length)];
      if (id) await remove(list, id);
    }
}

const model = { numRuns: 60 };

describe("reading by cursor", () => {
  it("sees every row that is there throughout once, whatever is written between the pages", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(rows, { maxLength: 40 }),
        orders,
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.array(writes, { maxLength: 5 }), { maxLength: 12 }),
        async (initial, order, limit, plan) => {
          const { visitor, ids } = await filled(initial);
          const before = (await allOf(visitor, order)).map(({ id }) => id);
          const write = (page: number, items: Item[]) =>
            carryOut(visitor.list, ids, plan[page] ?? [], items.at(-1)?.id);
          const seen = idsOf(await follow(visitor, first(order, limit), "next", write));
          const after = new Set((await allOf(visitor, order)).map(({ id }) => id));
          const throughout = before.filter((id) => after.has(id));
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen.filter((id) => throughout.includes(id))).toEqual(throughout);
        },
      ),
      model,
    ));

  it("reads backwards just so: from the last page to the first, while rows come and go", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(rows, { minLength: 1, maxLength: 40 }),
        orders,
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.array(writes, { maxLength: 5 }), { maxLength: 12 }),
        async (initial, order, limit, plan) => {
          const { visitor, ids } = await filled(initial);
          const last = (await follow(visitor, first(order, limit), "next")).at(-1);
          const before = (await allOf(visitor, order)).map(({ id }) => id).reverse();
          const prev = last?.links.prev;
          const write = (page: number, items: Item[]) =>
            carryOut(visitor.list, ids, plan[page] ?? [], items[0]?.id);
          const back = prev ? await follow(visitor, prev, "prev", write) : [];
          const seen = [last as { items: Item[] }, ...back].flatMap(({ items }) =>
            items.map(({ id }) => id).reverse(),
          );
          const after = new Set((await allOf(visitor, order)).map(({ id }) => id));
          const read = new Set(last?.items.map(({ id }) => id));
          const throughout = before.filter((id) => after.has(id) || read.has(id));
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen.filter((id) => throughout.includes(id))).toEqual(throughout);
        },
      ),
      model,
    ));

  it("goes back through the very pages it came by, when nothing is written", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(rows, { minLength: 1, maxLength: 40 }),
        orders,
        fc.integer({ min: 1, max: 9 }),
        async (initial, order, limit) => {
          const { visitor } = await filled(initial);
          const forth = await follow(visitor, first(order, limit), "next");
          expect(idsOf(forth)).toEqual((await allOf(visitor, order)).map(({ id }) => id));
          expect(forth[0]?.links.prev).toBeUndefined();
          const prev = forth.at(-1)?.links.prev;
          const back = prev ? await follow(visitor, prev, "prev") : [];
          expect(back.map(({ items }) => items)).toEqual(
            forth
              .slice(0, -1)
              .map(({ items }) => items)
              .reverse(),
          );
          // And forth again from there, on next_cursor.
          const again = back.at(-1)?.links.next;
          const rest = again ? await follow(visitor, again, "next") : [];
          expect(rest.map(({ items }) => items)).toEqual(forth.slice(1).map(({ items }) => items));
        },
      ),
      model,
    ));

  it("leads out of a page that deletions have emptied, and back to what is left", async () => {
    const { visitor, ids } = await filled(
      [1, 2, 3, 4, 5].map((price) => ({
        ...{ created_at: "2024-01-01T00:00:00.000000Z", category: "books" as const, title: "x" },
        price,
      })),
    );
    const start = first({ sort: "price", direction: "asc" }, 2);
    const links = (await follow(visitor, start, "next"))[0]?.links;
    for (const id of ids.slice(2)) await remove(visitor.list, id);
    const empty = await get(GET, links?.next as string, visitor);
    expect(empty.body).toMatchObject({ items: [], next_cursor: null });
    const back = await get(GET, linksOf(empty.headers).prev as string, visitor);
    expect(back.body.items.map(({ id }: Item) => id)).toEqual(ids.slice(0, 2));
    expect(back.body.prev_cursor).toBeNull();
  });

  it("keeps the microseconds, and the order of the code points", async () => {
    const titles = ["Zebra", "apple", "Éclair", "Apple", "zebra", "10", "9", "_"];
    const { visitor } = await filled(
      titles.map((title, n) => ({
        created_at: `2024-01-01T00:00:00.00000${n}Z`,
        ...{ category: "music" as const, price: 1, title },
      })),
    );
    const byTime = await follow(visitor, first({ sort: "time", direction: "asc" }, 3), "next");
    expect(byTime.flatMap(({ items }) => items.map((item) => item.created_at))).toEqual(
      titles.map((_, n) => `2024-01-01T00:00:00.00000${n}Z`),
    );
    const byTitle = await follow(visitor, first({ sort: "title", direction: "asc" }, 3), "next");
    expect(byTitle.flatMap(({ items }) => items.map(({ title }) => title))).toEqual(
      [...titles].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });
});
