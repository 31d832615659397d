import pg from "pg";
import { GET } from "../../app/(pagination)/api/items/cursor/route.ts";
import { explained, type Item, offsetPage, pageLimits } from "../../app/(pagination)/contract.ts";
import { pagePool, SETTLED } from "../../app/(pagination)/items/database.ts";
import { keysetQuery, positionOf } from "../../app/(pagination)/items/keyset.ts";
import { offsetQuery } from "../../app/(pagination)/items/offset.ts";
import type { Reading } from "../../app/(pagination)/items/reading.ts";
import type { Query } from "../../app/(pagination)/items/sql.ts";
import { migrate } from "../../prisma/migrate.ts";
import { seedItems } from "../../prisma/seed-items.ts";
import { withScratchDatabase } from "../../run/database.ts";
import type { Running, Stage } from "../lab/stage.ts";
import { quantile } from "../lab/stats.ts";
import type { Sample, Suite } from "../suite.ts";

// One reader, one request after the other, pages of 20 by time. Each answer is held against the
// rows that the offset has said are there.

const LIMIT = pageLimits.limit.default;
const DEPTHS = [0, 10_000, 100_000, 900_000];
const SMALL = 10_000;
const reading: Reading = { list: null, sort: "time", direction: "desc" };
const units = { p50: "ms", buffers: "pages" };

export const suite: Suite = {
  name: "pagination",
  what: "what a page costs by its depth, by offset and by cursor, over HTTP and at the bare driver.",
  async run(stage, measure) {
    const times = stage.quick ? 100 : 400;
    const application = await stage.application();
    const driver = new pg.Client({
      connectionString: stage.env.DATABASE_URL as string,
      options: SETTLED,
    });
    await driver.connect();
    // For the handler that is called here, without HTTP.
    Object.assign(process.env, stage.env);
    try {
      const pages = await Promise.all(DEPTHS.map((depth) => pageAt(application, depth)));
      const [top, deep] = [pages[0] as Page, pages.at(-1) as Page];
      await warm(stage, top);
      await byHandler(deep, 500);

      await measure({
        name: "by cursor",
        units,
        subjects: {
          ...Object.fromEntries(
            pages.map((page) => [at(page), () => byHttp(page, page.cursorUrl, times, "cursor")]),
          ),
          ...Object.fromEntries(
            [top, deep].map((page) => [
              `bare driver, ${at(page)}`,
              () => byDriver(driver, page, page.cursorQuery, times),
            ]),
          ),
          [`handler without HTTP, ${at(deep)}`]: () => byHandler(deep, times),
          "a request that is refused unread": () => refused(application, times),
        },
        ratios: [
          { figure: "p50", of: at(deep), to: at(top), atMost: 1.2 },
          { figure: "p50", of: at(deep), to: "a request that is refused unread" },
          { figure: "p50", of: at(deep), to: `bare driver, ${at(deep)}`, atMost: 3 },
          {
            ...{ figure: "p50", of: `handler without HTTP, ${at(deep)}`, atMost: 3 },
            to: `bare driver, ${at(deep)}`,
          },
          { figure: "p50", of: `bare driver, ${at(deep)}`, to: `bare driver, ${at(top)}` },
        ],
        targets: [{ figure: "buffers", of: at(deep), atMost: 12 }],
      });

      // A deep page by offset takes as long as some hundred by cursor.
      const few = (page: Page) => (page.depth > 10_000 ? 8 : times);
      await measure({
        name: "by offset",
        units,
        subjects: {
          ...Object.fromEntries(
            pages.map((page) => [
              at(page),
              () => byHttp(page, page.offsetUrl, few(page), "offset"),
            ]),
          ),
          [`bare driver, ${at(deep)}`]: () => byDriver(driver, deep, page0(deep), few(deep)),
        },
        ratios: [
          { figure: "p50", of: at(deep), to: at(top) },
          { figure: "p50", of: at(deep), to: `bare driver, ${at(deep)}` },
        ],
      });

      await withScratchDatabase(stage.env.DATABASE_URL as string, async (scratch) => {
        await migrate(scratch);
        await seedItems(scratch, SMALL);
        const small = await stage.application({ DATABASE_URL: scratch });
        try {
          const shallow = await pageAt(small, SMALL / 2);
          const middle = await pageAt(application, 500_000);
          await warm(stage, shallow);
          await measure({
            name: "by cursor, halfway down",
            units,
            subjects: {
              "of 10,000": () => byHttp(shallow, shallow.cursorUrl, times, "cursor"),
              "of 1,000,000": () => byHttp(middle, middle.cursorUrl, times, "cursor"),
            },
            ratios: [{ figure: "p50", of: "of 1,000,000", to: "of 10,000", atMost: 1.3 }],
          });
        } finally {
          await small.stop();
        }
      });
    } finally {
      await Promise.all([driver.end(), pagePool().end()]);
      await application.stop();
    }
  },
};

/** A page that is asked for in both ways, and its first row. */
interface Page {
  server: Running;
  depth: number;
  first: Item;
  cursorUrl: string;
  offsetUrl: string;
  cursorQuery: Query;
}

const at = ({ depth }: Page) =>
  depth === 0 ? "first page" : `after ${depth.toLocaleString("en")}`;
const page0 = ({ depth }: Page) => offsetQuery(reading, depth, LIMIT);

/** The page after so many rows. Its cursor is that of the page before. */
async function pageAt(server: Running, depth: number): Promise<Page> {
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
    cursorUrl: `${server.base}/api/items/cursor?limit=${LIMIT}${cursor}`,
    cursorQuery: keysetQuery(reading, last ? positionOf(last, reading, "next") : null, LIMIT + 1),
  };
}

/** A Next route takes some load to be what it is later. */
async function warm({ quick }: Stage, page: Page): Promise<void> {
  const until = performance.now() + (quick ? 3_000 : 12_000);
  while (performance.now() < until)
    for (const url of [page.cursorUrl, page.offsetUrl]) await (await fetch(url)).text();
}

async function byHttp(page: Page, url: string, times: number, way: string): Promise<Sample> {
  const took = await repeat(
    times,
    async () => {
      const response = await fetch(url);
      return ((await response.json()) as { items?: Item[] }).items;
    },
    page,
  );
  const planUrl = `${page.server.base}/api/items/plan?way=${way}&depth=${page.depth}&limit=${LIMIT}`;
  const { buffers } = explained.parse(await (await fetch(planUrl)).json());
  return { p50: quantile(took, 0.5), buffers };
}

/** The route's function, called as the server would call it: what is ours, without Next and sockets. */
async function byHandler(page: Page, times: number): Promise<Sample> {
  const context = { params: Promise.resolve({}) };
  const took = await repeat(
    times,
    async () => (await (await GET(new Request(page.cursorUrl), context)).json()).items,
    page,
  );
  return { p50: quantile(took, 0.5) };
}

/** The floor of a route: the way through HTTP and Next, and back, with no work in between. */
async function refused({ base }: Running, times: number): Promise<Sample> {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const begun = performance.now();
    const response = await fetch(`${base}/api/items/cursor?limit=0`);
    await response.text();
    took.push(performance.now() - begun);
    if (response.status !== 400) throw new Error(`status ${response.status}`);
  }
  return { p50: quantile(took, 0.5) };
}

async function byDriver(client: pg.Client, page: Page, query: Query, times: number) {
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
