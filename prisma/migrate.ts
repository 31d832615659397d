import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MigrationDirectory, MigrationList } from "@prisma/schema-engine-wasm";
import pg from "pg";
import { withDatabase } from "../run/database.ts";
import { withSchemaEngine } from "../run/schema-engine.ts";

export const migrationsDir = fileURLToPath(new URL("migrations", import.meta.url));
const schemaFile = fileURLToPath(new URL("schema.prisma", import.meta.url));
const filters = { externalTables: [], externalEnums: [] };

/** Ours alone: Prisma's own engine takes another. */
const ADVISORY_LOCK = 7_205_759_403;

/**
 * Applies the migrations that the database lacks and answers their names. `_prisma_migrations` is
 * left as `prisma migrate deploy` leaves it. Processes that migrate at once wait for each other.
 */
export async function migrate(databaseUrl: string, dir = migrationsDir): Promise<string[]> {
  const migrationsList = await readMigrations(dir);
  const lock = new pg.Client({ connectionString: databaseUrl });
  await lock.connect();
  try {
    // Held by the connection: a process that dies gives it back.
    await lock.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
    return await withSchemaEngine(databaseUrl, [await readSchema()], async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
      return appliedMigrationNames;
    });
  } finally {
    await lock.end();
  }
}

/** The SQL that leads from the database to schema.prisma; "" when they agree. */
export async function diff(databaseUrl: string): Promise<string> {
  const [path, content] = await readSchema();
  const files = [{ path, content }];
  return withSchemaEngine(databaseUrl, [[path, content]], async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: "schemaDatasource", configDir: dirname(path), files },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: null,
      filters,
    });
    return stdout?.includes("This is an empty migration") ? "" : (stdout ?? "");
  });
}

async function readSchema(): Promise<[string, string]> {
  return [schemaFile, await readFile(schemaFile, "utf8")];
}

async function readMigrations(baseDir: string): Promise<MigrationList> {
  const folders = (await readdir(baseDir, { withFileTypes: true })).filter((e) => e.isDirectory());
  const names = folders.map((folder) => folder.name).sort();
  const migrationDirectories = await Promise.all(
    names.map(async (path): Promise<MigrationDirectory> => {
      const value = await readFile(join(baseDir, path, "migration.sql"), "utf8");
      return { path, migrationFile: { path: "migration.sql", content: { tag: "ok", value } } };
    }),
  );
  const content = await readFile(join(baseDir, "migration_lock.toml"), "utf8");
  const lockfile = { path: "migration_lock.toml", content };
  return { baseDir, lockfile, shadowDbInitScript: "", migrationDirectories };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await withDatabase(async (url) => {
    const applied = await migrate(url);
    console.log(applied.length ? `Applied: ${applied.join(", ")}` : "Nothing to apply.");
  }).catch((error) => {
    console.error(`The migration failed: ${error.message}`);
    process.exitCode = 1;
  });
  // The engine leaves a timer of 10 s behind.
  process.exit();
}
