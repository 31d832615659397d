import type pg from "pg";
import { explained, type Item, offsetPage, pageLimits } from "../../app/(pagination)/contract.ts";
import { keysetQuery, positionOf } from "../../app/(pagination)/items/keyset.ts";
import { offsetQuery } from "../../app/(pagination)/items/offset.ts";
import type { Reading } from "../../app/(pagination)/items/reading.ts";
import type { Query } from "../../app/(pagination)/items/sql.ts";
import type { Sample } from "../suite.ts";
import { oneConnection } from "./load/one-connection.ts";
import type { Running } from "./stage.ts";
import { quantile } from "./stats.ts";

// A page of the catalogue, by time, asked for in the ways that are compared.

const LIMIT = pageLimits.limit.default;
const reading: Reading = { list: null, sort: "time", direction: "desc" };

/** A page that is asked for in both ways, and its first row. */
export interface Page {
  server: Running;
  depth: number;
  first: Item;
  /** The row before it. */
  before: Item | undefined;
  cursorUrl: string;
  offsetUrl: string;
  cursorQuery: Query;
  offsetQuery: Query;
}

/** How a page is called in the report. */
export const at = ({ depth }: Page) =>
  depth === 0 ? "first page" : `after ${depth.toLocaleString("en")}`;

/** The page after so many rows. Its cursor is that of the page before. */
export async function pageAt(server: Running, depth: number): Promise<Page> {
  const ask = async (offset: number) => {
    const url = `${server.base}/api/items/offset?offset=${offset}&limit=${LIMIT}&total=none`;
    return { url, page: offsetPage.parse(await (await fetch(url)).json()) };
  };
  const { url: offsetUrl, page } = await ask(depth);
  const before = depth === 0 ? undefined : (await ask(depth - LIMIT)).page;
  const last = before?.items.at(-1);
  const cursor = before ? `&cursor=${before.next_cursor}` : "";
  return {
    server,
    depth,
    offsetUrl,
    first: page.items[0] as Item,
    before: last,
    cursorUrl: `${server.base}/api/items/cursor?limit=${LIMIT}${cursor}`,
    offsetQuery: offsetQuery(reading, depth, LIMIT),
    cursorQuery: keysetQuery(reading, last ? positionOf(last, reading, "next") : null, LIMIT + 1),
  };
}

export async function byHttp(page: Page, url: string, times: number, way: string): Promise<Sample> {
  const took = await overOneConnection(page.server.base, url, times, page);
  const planUrl = `${page.server.base}/api/items/plan?way=${way}&depth=${page.depth}&limit=${LIMIT}`;
  const { buffers } = explained.parse(await (await fetch(planUrl)).json());
  return { p50: quantile(took, 0.5), buffers };
}

/** The same page of the FastAPI peer. Its cursor is the last row before, in its own form. */
export async function byFastapi({ base }: Running, page: Page, times: number): Promise<Sample> {
  const { before } = page;
  const key = before && Buffer.from(JSON.stringify([before.created_at, before.id]));
  const cursor = key
    ? `&cursor=${key.toString("base64").replaceAll("+", "-").replaceAll("/", "_")}`
    : "";
  const url = `${base}/items?limit=${LIMIT}${cursor}`;
  return { p50: quantile(await overOneConnection(base, url, times, page), 0.5) };
}

async function overOneConnection(base: string, url: string, times: number, page: Page) {
  const { pathname, search } = new URL(url);
  const connection = oneConnection(base);
  try {
    return await repeat(
      times,
      async () => JSON.parse((await connection.get(pathname + search)).body).items,
      page,
    );
  } finally {
    connection.close();
  }
}

/** The floor of a route: the way through HTTP, and back, with no work in between. */
export async function refused({ base }: Running, times: number): Promise<Sample> {
  const took: number[] = [];
  const connection = oneConnection(base);
  for (let n = 0; n < times; n++) {
    const begun = performance.now();
    const { status } = await connection.get("/api/items/cursor?limit=0");
    took.push(performance.now() - begun);
    if (status !== 400) throw new Error(`status ${status}`);
  }
  connection.close();
  return { p50: quantile(took, 0.5) };
}

export async function byDriver(client: pg.Client, page: Page, query: Query, times: number) {
  const took = await repeat(times, async () => (await client.query<Item>(query)).rows, page);
  return { p50: quantile(took, 0.5) };
}

/** Takes the time of each answer. @throws Error where it is not that page: the run is void */
async function repeat(times: number, ask: () => Promise<Item[] | undefined>, { first }: Page) {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const begun = performance.now();
    const items = await ask();
    took.push(performance.now() - begun);
    if (items?.[0]?.id !== first.id) throw new Error(`Another page: ${JSON.stringify(items?.[0])}`);
  }
  return took;
}
