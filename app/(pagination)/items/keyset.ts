import type { CursorQuery, Direction, Item } from "../contract";
import type { Reading } from "./reading";
import { binder, from, keyOf, nameOf, orderBy, type Query, statement } from "./sql";

/**
 * A place between two rows, and which way to read on from it. It holds the values of a row, not the
 * row: it stays where it is when that row is deleted.
 */
export interface Position {
  way: "next" | "prev";
  /** Whether the row itself belongs to what is read. */
  inclusive: boolean;
  /** Its sort key, as text. */
  value: string;
  id: string;
}

/**
 * The page at a position, as one index scan: (sort key, id) is compared as a row, which Postgres
 * searches the index for. `a > x OR (a = x AND id > y)` means the same, and scans from the start.
 * The previous page is read backwards from the position, and turned round by toPage().
 */
export function keysetQuery(reading: Reading, position: Position | null, limit: number): Query {
  const direction = position?.way === "prev" ? opposite[reading.direction] : reading.direction;
  const { values, bind } = binder();
  const { select, conditions } = from(reading, bind);
  let operator = "first";
  if (position) {
    const { column, type } = keyOf(reading);
    operator = (direction === "asc" ? ">" : "<") + (position.inclusive ? "=" : "");
    const edge = `(${bind(position.value)}::${type}, ${bind(position.id)}::bigint)`;
    conditions.push(`(i.${column}, i.id) ${operator} ${edge}`);
  }
  const order = orderBy(reading, direction);
  const text = statement(select, conditions, order, `LIMIT ${bind(limit)}`);
  return { name: nameOf(reading, direction, operator), text, values };
}

const opposite: Record<Direction, Direction> = { asc: "desc", desc: "asc" };

export interface KeysetPage {
  items: Item[];
  next: Position | null;
  prev: Position | null;
}

/**
 * The page from its rows, of which one more than `limit` was asked for: it says whether there is
 * more that way. The other way lies what the reader came from. An empty page, after deletions, leads
 * back to where it is: so its way back takes in the row that the way here left out.
 */
export function toPage(
  rows: Item[],
  position: Position | null,
  { limit, sort }: Pick<CursorQuery, "limit" | "sort">,
): KeysetPage {
  const back = position?.way === "prev";
  const items = rows.slice(0, limit);
  if (back) items.reverse();
  const more = rows.length > limit;
  const at = (item: Item | undefined, way: Position["way"]): Position | null =>
    item ? positionOf(item, { sort }, way) : turned(position);
  return {
    items,
    next: back || more ? at(items.at(-1), "next") : null,
    prev: (back ? more : position) ? at(items[0], "prev") : null,
  };
}

function turned(position: Position | null): Position | null {
  if (!position) return null;
  const way = position.way === "next" ? "prev" : "next";
  return { ...position, way, inclusive: !position.inclusive };
}

/** The place just beside an item, on the side that is read on from. */
export function positionOf(
  item: Item,
  { sort }: Pick<Reading, "sort">,
  way: Position["way"],
): Position {
  const value = sort === "time" ? item.created_at : String(item[sort]);
  return { way, inclusive: false, value, id: item.id };
}
