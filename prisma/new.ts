import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { withDatabase, withScratchDatabase } from "../run/database.ts";
import { diff, migrate, migrationsDir } from "./migrate.ts";

/**
 * Writes the migration that leads from the committed migrations to schema.prisma, and answers its
 * file; undefined when there is nothing to change. The committed ones are applied to a scratch
 * database beside the given one, so data and drift of the given one do not matter. What Prisma's
 * schema cannot say (SQL functions, fill factors) is yours to write into the file.
 */
export async function newMigration(
  databaseUrl: string,
  name: string,
  dir = migrationsDir,
): Promise<string | undefined> {
  if (!/^[a-z0-9_]+$/.test(name)) throw new Error("Name the migration with a-z, 0-9 and _ only.");
  const sql = await withScratchDatabase(databaseUrl, async (scratch) => {
    await migrate(scratch, dir);
    return diff(scratch);
  });
  if (!sql) return undefined;
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = join(dir, `${stamp}_${name}`);
  await mkdir(folder);
  const file = join(folder, "migration.sql");
  await writeFile(file, sql, { flag: "wx" });
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const name = process.argv[2] ?? "";
  await withDatabase(async (url) => {
    const file = await newMigration(url, name);
    console.log(file ? relative(process.cwd(), file) : "schema.prisma holds nothing new.");
  }).catch((error) => {
    console.error(`No migration written: ${error.message}`);
    process.exitCode = 1;
  });
  // The engine leaves a timer of 10 s behind.
  process.exit();
}
