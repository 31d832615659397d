import type { OffsetQuery } from "../contract";
import type { Reading } from "./reading";
import { binder, from, nameOf, orderBy, type Query, statement } from "./sql";

/** The page at an offset. Postgres has no other way than to read all rows before it, and drop them. */
export function offsetQuery(reading: Reading, offset: number, limit: number): Query {
  const { values, bind } = binder();
  const { select, conditions } = from(reading, bind);
  const order = orderBy(reading, reading.direction);
  const page = `OFFSET ${bind(offset)} LIMIT ${bind(limit)}`;
  const text = statement(select, conditions, order, page);
  return { name: nameOf(reading, reading.direction, "offset"), text, values };
}

/** The rows of a reading, counted one by one, or as the planner thinks from its statistics. */
export function totalQuery(reading: Reading, total: "exact" | "estimated"): Query {
  const { values, bind } = binder();
  const estimated = total === "estimated";
  const { select, conditions } = from(
    reading,
    bind,
    estimated ? "1" : "count(*)::integer AS total",
  );
  const text = statement(select, conditions);
  return { text: estimated ? `EXPLAIN (FORMAT JSON) ${text}` : text, values };
}

/** The total from the answer to totalQuery(). */
export function totalOf(row: unknown, total: Exclude<OffsetQuery["total"], "none">): number {
  if (total === "exact") return (row as { total: number }).total;
  const [{ Plan }] = (row as { "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] })["QUERY PLAN"];
  return Plan["Plan Rows"];
}
