import type { Direction, Sort } from "../contract";
import type { Reading } from "./reading";

export interface Query {
  /** Names a prepared statement: parsed and planned once for each connection. */
  name?: string;
  text: string;
  values: unknown[];
}

/** Sort keys. None of them may be NULL: a row comparison with NULL is neither true nor false. */
const keys: Record<Sort, { column: string; type: string }> = {
  time: { column: "created_at", type: "timestamptz" },
  price: { column: "price", type: "integer" },
  title: { column: "title", type: "text" },
};
export const keyOf = ({ sort }: Pick<Reading, "sort">) => keys[sort];

/** Nothing is computed here: it would be computed for the rows that an offset drops, too. */
const COLUMNS = "i.id, i.created_at, i.category, i.price, i.title";

/** The rows of a reading, before any position. `bind` takes a value and answers its placeholder. */
export function from(reading: Reading, bind: (value: unknown) => string, columns = COLUMNS) {
  const { list, category } = reading;
  const conditions: string[] = [];
  if (list !== null) conditions.push(`i.list = ${bind(list)}`);
  if (category) conditions.push(`i.category = ${bind(category)}`);
  const table = list === null ? "item" : "own_item";
  return { select: `SELECT ${columns} FROM ${table} i`, conditions };
}

/** The order of one of the indexes: sort key, then id. Postgres reads an index either way. */
export const orderBy = (reading: Reading, direction: Direction) =>
  `ORDER BY i.${keyOf(reading).column} ${direction}, i.id ${direction}`;

/** A SELECT from its parts; without conditions, without WHERE. */
export const statement = (select: string, conditions: string[], ...rest: string[]) =>
  [select, conditions.length > 0 && `WHERE ${conditions.join(" AND ")}`, ...rest]
    .filter(Boolean)
    .join(" ");

/** Collects the values of a statement. */
export function binder() {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  return { values, bind };
}

/** The same statement for all values of the same shape; visitors' lists are planned each time. */
export const nameOf = (reading: Reading, ...parts: string[]) =>
  reading.list === null
    ? ["items", reading.sort, reading.category ? "category" : "all", ...parts].join("_")
    : undefined;
