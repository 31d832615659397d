import { randomUUID } from "node:crypto";
import { pool } from "@/lib/db/pool";
import { tokens } from "@/lib/session/session";
import type { Item } from "../contract";
import { newList } from "./lists";

type Get = (request: Request, context: { params: Promise<never> }) => Response | Promise<Response>;

/** A visitor with a list of their own: the tests share one database, and no rows. */
export async function newVisitor(rows = 0) {
  const userId = randomUUID();
  const { token } = await tokens().issue({ userId, name: "Test" });
  const list = await newList(userId, rows);
  return { userId, list, headers: { authorization: `Bearer ${token}` } };
}
export type Visitor = Awaited<ReturnType<typeof newVisitor>>;

/** Calls a handler as a visitor; answers status, headers and body. */
export async function get(handler: Get, url: string, visitor?: Visitor) {
  const request = new Request(new URL(url, "http://localhost"), { headers: visitor?.headers });
  const response = await handler(request, { params: Promise.resolve() as Promise<never> });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** The relations of a Link header. */
export function linksOf(headers: Headers): Record<string, string> {
  const found = (headers.get("link") ?? "").matchAll(/<([^>]*)>; rel="(\w+)"/g);
  return Object.fromEntries([...found].map(([, url, relation]) => [relation, url]));
}

/** Inserts a row with exactly these values. */
export async function insert(list: number, row: Omit<Item, "id">): Promise<string> {
  const text = `INSERT INTO own_item (list, created_at, category, price, title)
                VALUES ($1, $2, $3, $4, $5) RETURNING id`;
  const values = [list, row.created_at, row.category, row.price, row.title];
  const { rows } = await pool().query<{ id: string }>(text, values);
  return (rows[0] as { id: string }).id;
}

export const remove = (list: number, id: string) =>
  pool().query("DELETE FROM own_item WHERE list = $1 AND id = $2", [list, id]);
