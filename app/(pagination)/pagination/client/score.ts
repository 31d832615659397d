import type { Direction, Item, Sort } from "../../contract";

/** One line of a list as it was read. `skipped` was never handed out, though it was there throughout. */
export interface Entry {
  item: Item;
  mark: "read" | "again" | "skipped";
}

export interface Score {
  entries: Entry[];
  duplicates: number;
  skips: number;
}

/** The order of a reading: sort key, then id. Both as Postgres compares them. */
export function comparator(sort: Sort, direction: Direction) {
  const sign = direction === "asc" ? 1 : -1;
  const key = (item: Item) => (sort === "time" ? item.created_at : item[sort]);
  return (a: Item, b: Item): number => {
    const [x, y] = [key(a), key(b)];
    if (x !== y) return x < y ? -sign : sign;
    const difference = BigInt(a.id) - BigInt(b.id);
    return sign * Number(difference);
  };
}

/**
 * Holds what was read against the truth. The rows that count were there at the beginning and are
 * there now: rows never change their place and ids are never used twice, so they were there
 * throughout. Those among them that lie before the furthest row read, and were not seen, are skips.
 */
export function score(
  read: readonly Item[],
  atStart: readonly Item[],
  now: readonly Item[],
  options: { compare(a: Item, b: Item): number; done: boolean },
): Score {
  const { compare, done } = options;
  const seen = new Set(read.map(({ id }) => id));
  const furthest = read.reduce<Item | undefined>(
    (far, item) => (far && compare(item, far) <= 0 ? far : item),
    undefined,
  );
  const present = new Set(now.map(({ id }) => id));
  const isDue = (item: Item) => done || (furthest && compare(item, furthest) < 0);
  const skipped = atStart.filter(
    (item) => present.has(item.id) && !seen.has(item.id) && isDue(item),
  );

  const entries: Entry[] = [];
  const met = new Set<string>();
  let next = 0;
  for (const item of read) {
    const again = met.has(item.id);
    met.add(item.id);
    for (
      let skip = skipped[next];
      !again && skip && compare(skip, item) < 0;
      skip = skipped[++next]
    )
      entries.push({ item: skip, mark: "skipped" });
    entries.push({ item, mark: again ? "again" : "read" });
  }
  for (const item of skipped.slice(next)) entries.push({ item, mark: "skipped" });
  return { entries, duplicates: read.length - seen.size, skips: skipped.length };
}
