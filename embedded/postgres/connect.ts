import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** The name of the database, and the role that owns it. */
const DATABASE = "patternbook";
export const ROLE = "postgres";

const CANNOT_CONNECT_NOW = "57P03";
const INVALID_CATALOG_NAME = "3D000";
const DUPLICATE_DATABASE = new Set(["42P04", "23505"]);

/** The connection string of a database on loopback. */
export function url(port: number, password: string, database = DATABASE): string {
  return `postgresql://${ROLE}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Runs one piece of work on one connection, which is closed afterwards. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  connectionTimeoutMillis = 5_000,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis });
  client.on("error", () => {
    // A server that goes away between two statements; the statement in flight rejects by itself.
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The folder of the cluster that answers on this port; rejects when it does not let us in. */
export async function dataFolderBehind(
  port: number,
  password: string,
  timeoutMs?: number,
): Promise<string> {
  const ask = async (client: pg.Client) => (await client.query("SHOW data_directory")).rows[0];
  return (await withClient(url(port, password, "postgres"), ask, timeoutMs)).data_directory;
}

/** Waits until the server answers: crash recovery refuses connections for as long as it takes. */
export async function untilReady(
  port: number,
  password: string,
  alive: () => boolean,
): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      await dataFolderBehind(port, password);
      return;
    } catch (error) {
      const code = String((error as { code?: string }).code);
      const starting =
        code === "ECONNREFUSED" || code === CANNOT_CONNECT_NOW || code === "ECONNRESET";
      if (!alive() || !starting || Date.now() > deadline) throw error;
    }
    await sleep(15);
  }
}

/** Creates the database where it is missing; two processes may do so at once. */
export async function ensureDatabase(port: number, password: string): Promise<void> {
  try {
    await withClient(url(port, password), async () => undefined);
  } catch (error) {
    if ((error as { code?: string }).code !== INVALID_CATALOG_NAME) throw error;
    await withClient(url(port, password, "postgres"), (client) =>
      client.query(`CREATE DATABASE ${DATABASE}`).catch((clash) => {
        if (!DUPLICATE_DATABASE.has(clash.code)) throw clash;
      }),
    );
  }
}
