import pg from "pg";
import { expect, it } from "vitest";
import { withScratchDatabase } from "../run/database.ts";
import { migrate } from "./migrate.ts";
import { seedItems } from "./seed-items.ts";

const url = process.env.DATABASE_URL as string;

it("fills the catalogue once, the same each time, and leaves its indexes as they were", () =>
  withScratchDatabase(url, async (scratch) => {
    await migrate(scratch);
    const client = new pg.Client({ connectionString: scratch });
    await client.connect();
    try {
      const of = async (text: string) => (await client.query(text)).rows;
      const indexes = () =>
        of("SELECT indexdef FROM pg_indexes WHERE tablename = 'item' ORDER BY 1");
      const before = await indexes();
      await Promise.all([seedItems(scratch, 5_000), seedItems(scratch, 5_000)]);
      expect(await indexes()).toEqual(before);
      expect(before).toHaveLength(7);
      const digest = `SELECT count(*)::integer AS rows, count(DISTINCT created_at) < 4500 AS ties,
        md5(string_agg(i::text, '' ORDER BY id)) AS md5 FROM (SELECT id, category, price, title,
        extract(epoch FROM created_at) AS at, created_at FROM item) i`;
      const [first] = await of(digest);
      expect(first).toMatchObject({ rows: 5_000, ties: true });
      await client.query("TRUNCATE item");
      await seedItems(scratch, 5_000);
      expect(await of(digest)).toEqual([first]);
    } finally {
      await client.end();
    }
  }));
