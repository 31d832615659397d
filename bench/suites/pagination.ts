import pg from "pg";
import { SETTLED } from "../../app/(pagination)/items/database.ts";
import { migrate } from "../../prisma/migrate.ts";
import { seedItems } from "../../prisma/seed-items.ts";
import { withScratchDatabase } from "../../run/database.ts";
import { at, byDriver, byFastapi, byHttp, type Page, pageAt, refused } from "../lab/pages.ts";
import { findPython } from "../lab/python.ts";
import type { Stage } from "../lab/stage.ts";
import type { Suite } from "../suite.ts";

// One reader, one request after the other, pages of 20 by time. Each answer is held against the
// rows that the offset has said are there.

const DEPTHS = [0, 10_000, 100_000, 900_000];
const SMALL = 10_000;
const units = { p50: "ms", buffers: "pages" };

export const suite: Suite = {
  name: "pagination",
  what: "what a page costs by its depth, by offset and by cursor, over HTTP and at the bare driver.",
  growth: [{ figure: "p50", sizes: "rows before the page" }],
  async run(stage, measure) {
    const times = stage.quick ? 60 : 400;
    const application = await stage.application();
    const driver = new pg.Client({
      connectionString: stage.env.DATABASE_URL as string,
      options: SETTLED,
    });
    await driver.connect();
    const python =
      findPython()?.has.asyncpg === false
        ? undefined
        : await stage.fastapi("items", {
            DATABASE_URL: stage.env.DATABASE_URL as string,
          });
    if (!python && stage.absent.length === 0) stage.absent.push("FastAPI: there is no asyncpg.");
    try {
      const pages: Page[] = [];
      for (const depth of DEPTHS) pages.push(await pageAt(application, depth));
      const [top, deep] = [pages[0] as Page, pages.at(-1) as Page];
      await warm(stage, top);

      await measure({
        name: "by cursor",
        units,
        size: sizesOf(pages, "by cursor"),
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
          ...(python && { [`FastAPI, ${at(deep)}`]: () => byFastapi(python, deep, times) }),
          "a request that is refused unread": () => refused(application, times),
        },
        ratios: [
          { figure: "p50", of: at(deep), to: at(top), atMost: 1.2 },
          { figure: "p50", of: at(deep), to: `FastAPI, ${at(deep)}`, atMost: 1 },
          { figure: "p50", of: at(deep), to: "a request that is refused unread" },
          { figure: "p50", of: at(deep), to: `bare driver, ${at(deep)}`, atMost: 3 },
          { figure: "p50", of: `bare driver, ${at(deep)}`, to: `bare driver, ${at(top)}` },
        ],
        targets: [{ figure: "buffers", of: at(deep), atMost: 12 }],
      });

      // A deep page by offset takes as long as some hundred by cursor.
      const few = (page: Page) => (page.depth > 10_000 ? 8 : times);
      await measure({
        name: "by offset",
        units,
        size: sizesOf(pages, "by offset"),
        subjects: {
          ...Object.fromEntries(
            pages.map((page) => [
              at(page),
              () => byHttp(page, page.offsetUrl, few(page), "offset"),
            ]),
          ),
          [`bare driver, ${at(deep)}`]: () => byDriver(driver, deep, deep.offsetQuery, few(deep)),
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
      await driver.end();
      await Promise.all([application.stop(), python?.stop()]);
    }
  },
};

/** The pages of a way as the points of its curve. The first has nothing before it. */
const sizesOf = (pages: Page[], series: string) =>
  Object.fromEntries(pages.map((page) => [at(page), { series, size: Math.max(page.depth, 1) }]));

/** A route takes some load to be what it is later. */
async function warm({ quick }: Stage, page: Page): Promise<void> {
  const until = performance.now() + (quick ? 1_500 : 6_000);
  while (performance.now() < until)
    for (const url of [page.cursorUrl, page.offsetUrl]) await (await fetch(url)).text();
}
