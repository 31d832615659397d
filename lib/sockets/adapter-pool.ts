import pg from "pg";
import { applicationName, pool } from "../db/pool";
import { env } from "../env";
import { logger } from "../logger";
import { remember } from "../remember";

/** How long the listening connection may take to be made, in milliseconds. The adapter then tries again. */
const CONNECTION_TIMEOUT_MS = 2_000;

/** What @socket.io/postgres-adapter 0.5 uses of the pool it is given, and an end of our own. */
export interface AdapterPool {
  query: pg.Pool["query"];
  connect(): Promise<pg.PoolClient>;
  end(): Promise<void>;
}

/**
 * The pool of Socket.IO's Postgres adapter: queries go to the shared pool, and the connection that LISTENs is
 * made apart from it. The adapter keeps that client for as long as it lives, and releases it neither when its
 * connection ends nor when a LISTEN fails: taken from the shared pool, each loss would cost one of its places.
 *
 * @param queries the pool for NOTIFY and for messages that are too long for it
 * @param connectionString of the listening connection
 * @param onError told of lost connections; the adapter connects again by itself
 */
export function createAdapterPool(
  queries: pg.Pool,
  connectionString: string,
  onError: (error: Error) => void,
): AdapterPool {
  let listening: pg.Client | undefined;
  let ended = false;

  /** The adapter connects again at each `end`, which is not wanted of a connection that we end. */
  async function close(client: pg.Client | undefined): Promise<void> {
    client?.removeAllListeners("end");
    await client?.end();
  }

  return {
    query: queries.query.bind(queries) as pg.Pool["query"],

    /** The adapter wants one client at a time: asking for another, it has given up the one before. */
    async connect() {
      void close(listening).catch(onError);
      const client = new pg.Client({
        connectionString,
        application_name: applicationName(),
        keepAlive: true,
        connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      });
      // Without a listener, the loss of the connection would end the process.
      client.on("error", onError);
      listening = client;
      if (ended) throw new Error("The sockets of this process are closed.");
      await client.connect();
      return Object.assign(client, { release: () => void close(client).catch(onError) });
    },

    async end() {
      ended = true;
      await close(listening);
    },
  };
}

/** The adapter pool of this process. */
export const adapterPool = (): AdapterPool =>
  remember("socket-adapter-pool", () =>
    createAdapterPool(pool(), env().DATABASE_URL, (err) =>
      logger().warn({ err }, "socket adapter: connection lost"),
    ),
  );
