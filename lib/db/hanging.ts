import { connect } from "node:net";
import pg from "pg";

/** How long a query may take before we ask whether the server is there at all. */
const SUSPECT_MS = 500;
/** How long the server may take to say so. With the above: before a caller's two seconds are over. */
const ANSWER_MS = 1_100;
/** Its length, and 80877103. */
const SSL_REQUEST = Buffer.from("0000000804d2162f", "hex");

/**
 * Cuts connections whose server hangs: it closes nothing, so whoever has asked it something would
 * wait for ever. A query that takes long is no proof, and many a one may: so the server is asked
 * whether it is there, and only where it does not answer that is the query given up, with the error of
 * a lost connection. What was lost so may still be committed, as with any lost connection.
 */
export function cutHanging(pool: pg.Pool, connectionString: string): void {
  let asking: Promise<boolean> | undefined;
  /** The queries of a pool share one question. */
  const serverAnswers = () => {
    asking ??= answers(connectionString).finally(() => {
      asking = undefined;
    });
    return asking;
  };
  pool.on("connect", (client) => watch(client, serverAnswers));
}

function watch(client: pg.PoolClient, serverAnswers: () => Promise<boolean>): void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => setTimeout(look, SUSPECT_MS).unref();
  const calm = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  async function look(): Promise<void> {
    const suspected = timer;
    const there = await serverAnswers();
    if (timer !== suspected) return;
    if (there) timer = wait();
    // With a query under way that is the end of the socket, at once.
    else void client.end().catch(() => undefined);
  }

  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    timer ??= wait();
    return query(...args);
  }) as typeof client.query;
  // All queries of the connection are answered.
  client.on("drain", calm);
  client.once("end", () => {
    calm();
    client.query = query as typeof client.query;
  });
}

/**
 * Whether the server answers at all: to an SSLRequest, which comes before everything else and costs
 * it one byte (PostgreSQL, "Message Flow", SSL Session Encryption). What the byte is matters not.
 */
function answers(connectionString: string): Promise<boolean> {
  const { host, port } = new pg.Client({ connectionString });
  const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.setTimeout(ANSWER_MS, () => socket.destroy());
  socket.once("connect", () => socket.write(SSL_REQUEST));
  return new Promise((resolve) => {
    socket.once("data", () => {
      resolve(true);
      socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(false));
  });
}
