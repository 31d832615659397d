import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { MIGRATIONS, SCHEMA } from "./schema.sql.ts";

/** A transaction under way, with the executor's schema as the search path. */
export interface Tx {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

export interface Database {
  pool: pg.Pool;
  /** Of the queue. What it commits may be lost with Postgres: a job then comes twice, which does no harm. */
  queuePool: pg.Pool;
  /** Runs the work in one transaction; again, up to five times, when it was the victim of a deadlock. */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  close(): Promise<void>;
}

interface TransactionOptions {
  /**
   * False: the commit does not wait for the disk. The death of a process loses nothing; that of Postgres may lose
   * it, but then also everything that was committed after it.
   */
  flushed?: boolean;
}

const VICTIM = new Set(["40P01", "40001"]);

/** Opens a pool and brings the schema to the newest version. */
export async function openDatabase(url: string, log: (line: string) => void): Promise<Database> {
  const open = (max: number, settings: string) => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      // A new one must connect, prepare and plan before its first call: work comes after a pause as well.
      idleTimeoutMillis: 300_000,
      application_name: "inngest (embedded)",
      // Each query finds its rows by a key: a plan that was made once is as good as another one.
      options: `-c search_path=${SCHEMA},public -c plan_cache_mode=force_generic_plan ${settings}`,
    });
    // A connection that breaks is replaced at its next use; without listeners it would end the process.
    pool.on("error", (error) => log(`The database closed a connection: ${error.message}`));
    pool.on("connect", (client) => client.on("error", () => undefined));
    return pool;
  };
  const pool = open(10, "");
  const queuePool = open(4, "-c synchronous_commit=off");

  async function once<T>(
    work: (tx: Tx) => Promise<T>,
    { flushed = true }: TransactionOptions,
  ): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(flushed ? "begin" : "begin; set local synchronous_commit = off");
      const result = await work(prepared(client));
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

  async function transaction<T>(
    work: (tx: Tx) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(work, options);
      } catch (error) {
        if (attempt >= 5 || !VICTIM.has((error as { code?: string }).code ?? "")) throw error;
        await delay(10 * attempt);
      }
    }
  }

  const close = async () => {
    await Promise.all([pool.end(), queuePool.end()]);
  };
  try {
    await transaction(migrate);
  } catch (error) {
    await close();
    throw error;
  }
  return { pool, queuePool, transaction, close };
}

/** The names of queries: a text with values is parsed and planned once for each connection. */
const names = new Map<string, string>();

function prepared(client: pg.ClientBase): Tx {
  return {
    query(text, values) {
      if (!values) return client.query(text);
      const name = names.get(text) ?? `q${names.size}`;
      names.set(text, name);
      return client.query({ name, text, values });
    },
  };
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
  const current = Number(rows[0]?.version);
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
