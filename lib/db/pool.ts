import pg from "pg";
import { env } from "../env";
import { logger } from "../logger";
import { remember } from "../remember";
import { cutHanging } from "./hanging";

/** Connections of one instance. Readers that wait hold none, so few are enough. */
const MAX_CONNECTIONS = 6;

/** What pg_stat_activity shows for every connection of this instance, the listening one included. */
export const applicationName = () => `patternbook ${env().INSTANCE_NAME}`;

/** Somebody who waits for a connection is told so within two seconds that there is none. */
const CONNECTION_TIMEOUT_MS = 1_600;

/**
 * A pool that fails fast: nobody hangs for as long as the database is away, whether it refuses or
 * hangs. `settings` are those of Postgres for each of its connections.
 */
export function createPool(
  connectionString: string,
  max = MAX_CONNECTIONS,
  settings: Pick<pg.PoolConfig, "statement_timeout" | "options" | "min"> = {},
): pg.Pool {
  const pool = new pg.Pool({
    ...settings,
    connectionString,
    application_name: applicationName(),
    max,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // An idle connection that breaks is an event of the pool, and fatal when nobody listens.
  // The error carries the whole client, the key that cancels its queries included: that is not for the log.
  pool.on("error", ({ message, code }: Error & { code?: string }) =>
    logger().warn({ code, reason: message }, "idle database connection lost"),
  );
  // One in use tells its user by the query; the event would be fatal just the same.
  pool.on("connect", (client) => client.on("error", () => undefined));
  cutHanging(pool, connectionString);
  return pool;
}

/** The process's pool: Prisma, the log's readers and the Socket.IO adapter's messages share it. */
export const pool = (): pg.Pool => remember("pool", () => createPool(env().DATABASE_URL));

/** The log's appends: one after the other, on a connection that no queue of other queries stands before. */
export const appendPool = (): pg.Pool =>
  // Kept while idle, too: an append does not wait for a connection to be made.
  remember("append-pool", () => createPool(env().DATABASE_URL, 1, { min: 1 }));
