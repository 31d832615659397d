import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { MIGRATIONS, SCHEMA } from "./schema.sql.ts";

/** A connection inside a transaction, with the executor's schema as the search path. */
export type Tx = pg.ClientBase;

export interface Database {
  pool: pg.Pool;
  /** Runs the work in one transaction; again, up to five times, when it was the victim of a deadlock. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const VICTIM = new Set(["40P01", "40001"]);

/** Opens a pool and brings the schema to the newest version. */
export async function openDatabase(url: string, log: (line: string) => void): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 14,
    application_name: "inngest (embedded)",
    options: `-c search_path=${SCHEMA},public`,
  });
  // A connection that breaks is replaced at its next use; without listeners it would end the process.
  pool.on("error", (error) => log(`The database closed a connection: ${error.message}`));
  pool.on("connect", (client) => client.on("error", () => undefined));

  async function once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin");
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(work);
      } catch (error) {
        if (attempt >= 5 || !VICTIM.has((error as { code?: string }).code ?? "")) throw error;
        await delay(10 * attempt);
      }
    }
  }

  try {
    await transaction(migrate);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { pool, transaction, close: () => pool.end() };
}

async function migrate(tx: Tx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtext($1))", [`${SCHEMA} migrations`]);
  await tx.query(`create schema if not exists ${SCHEMA}`);
  await tx.query(
    `create table if not exists ${SCHEMA}.versions (version integer primary key, at timestamptz not null default now())`,
  );
  const { rows } = await tx.query(
    `select coalesce(max(version), 0) as version from ${SCHEMA}.versions`,
  );
  const current = Number(rows[0].version);
  if (current > MIGRATIONS.length) {
    throw new Error(`The schema ${SCHEMA} is of a newer version (${current}) than this program.`);
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < current) continue;
    await tx.query(`set local search_path to ${SCHEMA}`);
    await tx.query(sql);
    await tx.query(`insert into ${SCHEMA}.versions (version) values ($1)`, [index + 1]);
  }
}
