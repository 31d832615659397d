import { expect } from "vitest";
import { pool } from "@/lib/db/pool";
import { GET } from "../api/items/cursor/route";
import type { Item } from "../contract";
import { get, linksOf, type Visitor } from "./items.fixture";
import type { Reading } from "./reading";

export type Order = Pick<Reading, "sort" | "direction" | "category">;

/** The URL of the first page of a visitor's list. */
export const first = ({ sort, direction, category }: Order, limit: number) =>
  `/api/items/cursor?list=mine&limit=${limit}&sort=${sort}&direction=${direction}${category ? `&category=${category}` : ""}`;

/** Follows a relation of Link to its end; between the pages, `between` may write. */
export async function follow(
  visitor: Visitor,
  start: string,
  relation: "next" | "prev",
  between: (page: number, items: Item[]) => Promise<unknown> = async () => {},
) {
  const pages: { items: Item[]; links: Record<string, string> }[] = [];
  for (let url: string | undefined = start; url; url = pages.at(-1)?.links[relation]) {
    const { status, headers, body } = await get(GET, url, visitor);
    expect(status).toBe(200);
    const links = linksOf(headers);
    for (const [name, at] of [
      ["next", body.next_cursor],
      ["prev", body.prev_cursor],
    ])
      expect(
        links[name] ? new URLSearchParams(links[name].split("?")[1]).get("cursor") : null,
      ).toBe(at);
    pages.push({ items: body.items, links });
    expect(pages.length).toBeLessThan(200);
    await between(pages.length - 1, body.items);
  }
  return pages;
}

/** What the database says, in its own words. */
export async function allOf({ list }: Visitor, order: Order): Promise<Item[]> {
  const column = { time: "created_at", price: "price", title: "title" }[order.sort];
  const { rows } = await pool().query(
    `SELECT id FROM own_item WHERE list = $1 AND ($2::text IS NULL OR category::text = $2)
      ORDER BY ${column} ${order.direction}, id ${order.direction}`,
    [list, order.category],
  );
  return rows;
}
