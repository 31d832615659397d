import { randomBytes } from "node:crypto";
import { withClient } from "../embedded/postgres/connect.ts";
import { startPostgres } from "../embedded/postgres/index.ts";

/** Where generated things live, relative to the project: DATA_DIR, or `.data`. */
export function dataDirectory(): string {
  return process.env.DATA_DIR || ".data";
}

/**
 * Runs the work on DATABASE_URL, or on the embedded database when that is unset. The embedded one is stopped
 * afterwards, unless another process had started it.
 * @throws Error in production where DATABASE_URL is not set: nobody would notice which database was changed
 */
export async function withDatabase<T>(work: (databaseUrl: string) => Promise<T>): Promise<T> {
  const given = process.env.DATABASE_URL;
  if (given) return work(given);
  if (process.env.NODE_ENV === "production")
    throw new Error(
      "DATABASE_URL is not set, and in production no other database is taken. " +
        "Example: DATABASE_URL=postgresql://user:password@localhost:5432/patternbook",
    );
  const postgres = await startPostgres({ dataDir: dataDirectory(), log: console.log });
  try {
    return await work(postgres.url);
  } finally {
    if (!postgres.adopted) await postgres.stop();
  }
}

/** Runs the work on an empty database beside the given one, and drops it. */
export async function withScratchDatabase<T>(
  databaseUrl: string,
  work: (scratchUrl: string) => Promise<T>,
): Promise<T> {
  const name = `scratch_${randomBytes(6).toString("hex")}`;
  const scratch = new URL(databaseUrl);
  scratch.pathname = `/${name}`;
  await withClient(databaseUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  try {
    return await work(scratch.href);
  } finally {
    await withClient(databaseUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  }
}

/** Drops the database and creates it again, empty; answers the same connection string. */
export async function emptyDatabase(databaseUrl: string): Promise<string> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const maintenance = new URL(databaseUrl);
  maintenance.pathname = "/postgres";
  await withClient(maintenance.href, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await client.query(`CREATE DATABASE "${name}"`);
  });
  return databaseUrl;
}
