import { randomBytes } from "node:crypto";
import { withClient } from "../../embedded/postgres/connect";
import { migrate } from "../../prisma/migrate";

/** A database of a test's own, beside that of the demo under test. */
export interface OwnDatabase {
  url: string;
  /** Runs a statement on a connection of its own. */
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Makes one, with all tables and nothing in them. */
export async function createDatabase(): Promise<OwnDatabase> {
  const demo = process.env.DATABASE_URL ?? "";
  const name = `e2e_${randomBytes(6).toString("hex")}`;
  const own = new URL(demo);
  own.pathname = `/${name}`;
  await withClient(demo, (client) => client.query(`CREATE DATABASE ${name}`));
  await migrate(own.href);
  return {
    url: own.href,
    query: (text, values) =>
      withClient(own.href, async (client) => (await client.query(text, values)).rows),
    async drop() {
      await withClient(demo, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}
