import pg from "pg";
import { applicationName } from "../db/pool";
import { type Bus, Listeners } from "./bus";

const RECONNECT_MS = 500;

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
  /** Each channel of the connection, and when its LISTEN is in force. */
  let listening = new Map<string, Promise<unknown>>();
  let client: pg.Client | undefined;
  /** The last query of the connection: they go one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let onReady = () => {};
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString,
      application_name: applicationName(),
      keepAlive: true,
      connectionTimeoutMillis: 2_000,
    });
    next.on("notification", ({ channel, payload }) => listeners.deliver(channel, payload ?? ""));
    next.on("error", onError);
    next.once("end", () => reconnect(next));
    client = next;
    listening = new Map();
    try {
      const connected = next.connect();
      last = connected;
      await connected;
      if (closed) return await next.end();
      await Promise.all(listeners.channels().map((channel) => listen(channel)));
      onReady();
      listeners.gap();
    } catch (error) {
      if (!closed) await giveUp(next, error as Error);
    }
  }

  /** A LISTEN that was refused is missing on a connection that stands: only a new one has them all. */
  async function giveUp(refused: pg.Client, error: Error): Promise<void> {
    onError(error);
    await refused.end().catch(onError);
    reconnect(refused);
  }

  /** A client ends once, but both the failed connect and its `end` event come here. */
  function reconnect(ended: pg.Client): void {
    if (closed || timer || client !== ended) return;
    client = undefined;
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, RECONNECT_MS);
  }

  /** While the client is still connecting, it waits for that. */
  function listen(channel: string): Promise<unknown> {
    const known = listening.get(channel);
    if (known) return known;
    const mine = client;
    const begun = last.then(() => mine?.query(`LISTEN ${pg.escapeIdentifier(channel)}`));
    last = begun;
    listening.set(channel, begun);
    return begun;
  }

  void connect();

  return {
    async publish(channel, message) {
      // A notification is not stored: its commit need not wait for the disk.
      await pool.query({
        name: "bus_notify",
        text: `WITH unflushed AS (SELECT set_config('synchronous_commit', 'off', true))
               SELECT pg_notify($1, $2) FROM unflushed`,
        values: [channel, message],
      });
    },
    subscribe(channel, listener, onGap) {
      const end = listeners.add(channel, listener, onGap);
      // While the connection is away, coming back tells of the gap.
      const mine = client;
      if (mine) listen(channel).then(onGap, (error: Error) => giveUp(mine, error));
      return end;
    },
    ready: () => ready,
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
