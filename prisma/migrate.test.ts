import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withClient } from "../embedded/postgres/connect.ts";
import { withDatabase, withScratchDatabase } from "../run/database.ts";
import { diff, migrate, migrationsDir } from "./migrate.ts";
import { newMigration } from "./new.ts";

const scratch = (work: (url: string) => Promise<void>) =>
  withDatabase((url) => withScratchDatabase(url, work));
const query = (url: string, sql: string) =>
  withClient(url, async (client) => (await client.query(sql)).rows);

async function committed(): Promise<string[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** A copy of the committed migrations, for a test to add to. */
async function withCopy(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "migrations-"));
  try {
    await cp(migrationsDir, dir, { recursive: true });
    await work(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

test("the committed migrations lead to schema.prisma, and apply once", () =>
  scratch(async (url) => {
    expect(await diff(url)).toContain("CREATE TABLE");
    expect(await migrate(url)).toEqual(await committed());
    expect(await diff(url)).toBe("");
    expect(await migrate(url)).toEqual([]);
    const rows = await query(url, "SELECT * FROM _prisma_migrations ORDER BY migration_name");
    expect(rows.map((row) => row.migration_name)).toEqual(await committed());
    for (const row of rows) {
      expect(row).toMatchObject({ applied_steps_count: 1, rolled_back_at: null, logs: null });
      expect(row.checksum).toMatch(/^[0-9a-f]{64}$/);
      expect(row.finished_at).toBeInstanceOf(Date);
    }
  }));

test("of those that migrate at once, one does and all succeed", () =>
  scratch(async (url) => {
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(applied.flat()).toEqual(await committed());
  }));

test("a migration that fails leaves nothing behind and names its statement", () =>
  scratch((url) =>
    withCopy(async (dir) => {
      await mkdir(join(dir, "29990101000000_broken"));
      const sql = `CREATE TABLE halfway (id int);\nSELECT 'a;b', $$;$$ FROM nowhere;`;
      await writeFile(join(dir, "29990101000000_broken/migration.sql"), sql);
      await expect(migrate(url, dir)).rejects.toThrow(/nowhere/);
      expect(await query(url, "SELECT to_regclass('halfway') AS it")).toEqual([{ it: null }]);
    }),
  ));

test("new writes the difference, and nothing where there is none", () =>
  withDatabase((url) =>
    withCopy(async (dir) => {
      expect(await newMigration(url, "nothing", dir)).toBeUndefined();
      const [first = ""] = await committed();
      for (const name of (await committed()).slice(1))
        await rm(join(dir, name), { recursive: true });
      await writeFile(join(dir, first, "migration.sql"), 'CREATE TABLE "strange" ("id" INTEGER);');
      const file = await newMigration(url, "all_of_it", dir);
      expect(file).toMatch(/\/\d{14}_all_of_it\/migration\.sql$/);
      const sql = await readFile(file as string, "utf8");
      expect(sql).toContain('CREATE TABLE "log_entry"');
      expect(sql).toContain('DROP TABLE "strange"');
      await expect(newMigration(url, "../evil", dir)).rejects.toThrow("a-z");
    }),
  ));
