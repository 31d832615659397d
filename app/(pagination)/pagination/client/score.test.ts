import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "../../contract";
import { comparator, score } from "./score";

const item = (id: number, at = id): Item => ({
  id: String(id),
  created_at: `2024-01-01T00:00:00.${String(at).padStart(6, "0")}Z`,
  category: "books",
  price: 1,
  title: "x",
});
const items = (...ids: number[]) => ids.map((id) => item(id));
const compare = comparator("time", "asc");
const marks = (read: Item[], atStart: Item[], now: Item[], done = false) =>
  score(read, atStart, now, { compare, done }).entries.map(
    ({ item, mark }) => `${item.id} ${mark}`,
  );

describe("score", () => {
  it("marks what comes again, and what was passed over, in its place", () => {
    const all = items(1, 2, 3, 4, 5);
    expect(marks(items(1, 2, 2, 4), all, all)).toEqual([
      ...["1 read", "2 read", "2 again", "3 skipped", "4 read"],
    ]);
  });

  it("does not count what was not there throughout", () => {
    // 3 was deleted, 6 came later.
    expect(marks(items(1, 2, 4), items(1, 2, 3, 4), items(1, 2, 4, 6), true)).toEqual([
      ...["1 read", "2 read", "4 read"],
    ]);
  });

  it("counts what lies ahead only when the reading is done", () => {
    const all = items(1, 2, 3);
    expect(marks(items(1), all, all)).toEqual(["1 read"]);
    expect(marks(items(1), all, all, true)).toEqual(["1 read", "2 skipped", "3 skipped"]);
  });

  it("orders equal keys by their id, as a number", () => {
    expect(compare(item(9, 1), item(10, 1))).toBeLessThan(0);
    expect(comparator("time", "desc")(item(9, 1), item(10, 1))).toBeGreaterThan(0);
    expect(compare(item(10, 1), item(10, 1))).toBe(0);
    expect(comparator("price", "asc")(item(2, 1), item(10, 1))).toBeLessThan(0);
  });

  it("is zero for a reading in order that leaves nothing out, and adds up for any other", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 })), fc.nat(30), (ids, length) => {
        const all = items(...Array.from({ length }, (_, n) => n + 1));
        const whole = score(all, all, all, { compare, done: true });
        expect([whole.duplicates, whole.skips]).toEqual([0, 0]);
        const some = score(items(...ids), all, all, { compare, done: true });
        const seen = new Set(ids);
        expect(some.skips).toBe(all.filter(({ id }) => !seen.has(Number(id))).length);
        expect(some.duplicates).toBe(ids.length - seen.size);
        expect(some.entries).toHaveLength(ids.length + some.skips);
      }),
    ));
});
