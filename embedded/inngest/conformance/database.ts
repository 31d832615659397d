import { randomBytes } from "node:crypto";
import pg from "pg";

export interface Fresh {
  url: string;
  /** Breaks every connection to it, as a restart of Postgres does. */
  disconnect(): Promise<void>;
  drop(): Promise<void>;
}

/** A database of the test's own beside the one of DATABASE_URL: one executor leads in each. */
export async function freshDatabase(): Promise<Fresh> {
  const url = new URL(process.env.DATABASE_URL as string);
  const name = `inngest_${randomBytes(6).toString("hex")}`;
  const admin = async (sql: string) => {
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await admin(`create database ${name}`);
  url.pathname = `/${name}`;
  const disconnect = () =>
    admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  return { url: url.href, disconnect, drop: () => admin(`drop database ${name} with (force)`) };
}
