import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pool } from "@/lib/db/pool";
import { direction, type Item, type PlanNode, pageLimits, sort } from "../contract";
import { ownPool, timed } from "./database";
import { newVisitor, type Visitor } from "./items.fixture";
import { keysetQuery, type Position, positionOf } from "./keyset";
import { offsetQuery } from "./offset";
import { explain } from "./plan";
import type { Reading } from "./reading";

const ROWS = 20_000;
const LIMIT = pageLimits.limit.default;

let visitor: Visitor;
beforeAll(async () => {
  visitor = await newVisitor(ROWS);
  // As autovacuum would soon have done.
  await pool().query("VACUUM ANALYZE own_item");
});
afterAll(() => Promise.all([pool().end(), ownPool().end()]));

const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...plan.children.flatMap(nodesOf)];

/** The position after a share of the rows, 0 to 1. */
async function positionAt(reading: Reading, share: number): Promise<Position> {
  const { rows } = await timed<Item>(
    ownPool(),
    offsetQuery(reading, Math.floor((reading.category ? ROWS / 10 : ROWS) * share), 1),
  );
  return positionOf(rows[0] as Item, reading, "next");
}

const readings: Omit<Reading, "list">[] = sort.options.flatMap((sort) =>
  direction.options.flatMap((direction) => [
    { sort, direction },
    { sort, direction, category: "music" as const },
  ]),
);

describe.each(readings)("by cursor, $sort $direction $category", (order) => {
  it.each([
    ["next", false],
    ["prev", false],
    ["next", true],
    ["prev", true],
  ] as const)(
    "reads %s in one index scan, at any depth (inclusive: %s)",
    async (way, inclusive) => {
      const reading = { ...order, list: visitor.list };
      for (const share of [0.05, 0.5, 0.95]) {
        const position = { ...(await positionAt(reading, share)), way, inclusive };
        const { plan, buffers, rowsScanned } = await explain(
          ownPool(),
          keysetQuery(reading, position, LIMIT + 1),
        );
        const nodes = nodesOf(plan);
        expect(nodes.map(({ node }) => node)).toEqual(["Limit", "Index Scan"]);
        expect(nodes[1]).toMatchObject({
          condition: expect.stringMatching(/ROW\(.*ROW\(/),
          filter: null,
        });
        expect(rowsScanned).toBe(LIMIT + 1);
        // By time, neighbours share pages of the table; by price or title each row has its own.
        expect(buffers).toBeLessThanOrEqual(
          order.sort === "time" && !order.category ? 12 : LIMIT + 1 + 6,
        );
      }
    },
  );

  it("reads the first page in one index scan", async () => {
    const reading = { ...order, list: visitor.list };
    const { plan, rowsScanned } = await explain(ownPool(), keysetQuery(reading, null, LIMIT + 1));
    expect(nodesOf(plan).map(({ node }) => node)).toEqual(["Limit", "Index Scan"]);
    expect(rowsScanned).toBe(LIMIT + 1);
  });
});

it("by offset reads every row before the page as well", async () => {
  const reading: Reading = { list: visitor.list, sort: "time", direction: "desc" };
  const { rowsScanned, buffers } = await explain(ownPool(), offsetQuery(reading, 10_000, LIMIT));
  expect(rowsScanned).toBeGreaterThanOrEqual(10_000 + LIMIT);
  expect(buffers).toBeGreaterThan(100);
});
