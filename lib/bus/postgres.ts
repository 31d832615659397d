import pg from "pg";
import { type Bus, Listeners } from "./bus";

const RECONNECT_MS = 500;

/** A promise and its resolver (Promise.withResolvers needs Node 22). */
function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/**
 * The bus over LISTEN/NOTIFY: one connection listens, the pool notifies.
 *
 * @param pool used for NOTIFY
 * @param connectionString of the listening connection
 * @param onError told of lost connections; the bus reconnects by itself
 */
export function createPostgresBus(
  pool: pg.Pool,
  connectionString: string,
  onError: (error: Error) => void,
): Bus {
  const listeners = new Listeners();
  const listening = new Set<string>();
  let client: pg.Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let ready = deferred();

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString,
      keepAlive: true,
      connectionTimeoutMillis: 2_000,
    });
    next.on("notification", ({ channel, payload }) => listeners.deliver(channel, payload ?? ""));
    next.on("error", onError);
    next.once("end", () => reconnect(next));
    try {
      await next.connect();
      client = next;
      listening.clear();
      await listenToAll();
      ready.resolve();
      listeners.gap();
    } catch (error) {
      onError(error as Error);
      await next.end().catch(onError);
      reconnect(next);
    }
  }

  /** A client ends once, but both the failed connect and its `end` event come here. */
  function reconnect(ended: pg.Client): void {
    if (closed || timer || (client && client !== ended)) return;
    client = undefined;
    ready = deferred();
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, RECONNECT_MS);
  }

  async function listenToAll(): Promise<void> {
    for (const channel of listeners.channels()) {
      if (!client || listening.has(channel)) continue;
      listening.add(channel);
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    }
  }

  void connect();

  return {
    async publish(channel, message) {
      await pool.query("SELECT pg_notify($1, $2)", [channel, message]);
    },
    subscribe(channel, listener, onGap) {
      const end = listeners.add(channel, listener, onGap);
      // A failed LISTEN means a broken connection, which listens anew when it is back.
      if (client) listenToAll().then(onGap, onError);
      return end;
    },
    ready: () => ready.promise,
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
