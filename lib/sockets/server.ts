import type { Server as HttpServer, IncomingMessage } from "node:http";
import { createAdapter } from "@socket.io/postgres-adapter";
import { Server } from "socket.io";
import { pool } from "../db/pool";
import { env } from "../env";
import { lifecycle } from "../lifecycle";
import { logger } from "../logger";
import { metrics } from "../metrics";
import { isForeign } from "../origin";
import { addressOf } from "./address";
import { sayGoodbye } from "./farewell";

/** Limits of every connection, whatever its namespace. */
export const socketLimits = {
  /** A larger frame closes the connection (WebSocket code 1009). */
  frameBytes: 64 * 1024,
  /** A dead peer is noticed after both. */
  pingIntervalMs: 10_000,
  pingTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
} as const;

/** Socket.IO on our HTTP server, with the house's rules for who may connect at all. */
export function createSocketServer(http: HttpServer): Server {
  const perAddress = new Map<string, number>();

  const io = new Server(http, {
    serveClient: false,
    // Sockets of other paths are Next's (hot reload): they are not ours to destroy.
    destroyUpgrade: false,
    maxHttpBufferSize: socketLimits.frameBytes,
    pingInterval: socketLimits.pingIntervalMs,
    pingTimeout: socketLimits.pingTimeoutMs,
    connectTimeout: socketLimits.connectTimeoutMs,
    adapter: createAdapter(pool(), {
      tableName: "socket_io_attachments",
      errorHandler: (err) => logger().warn({ err }, "socket adapter"),
    }),
    // `cors` does not guard WebSocket; this does, on every transport. Asked of new connections alone.
    allowRequest(request, answer) {
      const full = (perAddress.get(addressOf(request)) ?? 0) >= env().SOCKETS_PER_ADDRESS;
      if (isOfForeignPage(request)) answer("foreign origin", false);
      else if (lifecycle().phase === "draining") answer("going away", false);
      else if (full) answer("too many connections from this address", false);
      else answer(null, true);
    },
  });
  // And of those that stand: a foreign page gets 400, whichever session it names.
  io.engine.use((request: EngineRequest, _response: unknown, next: (error?: Error) => void) =>
    next(request._query.sid && isOfForeignPage(request) ? new Error("foreign origin") : undefined),
  );

  io.engine.on(
    "connection",
    (conn: { request: IncomingMessage; once(e: "close", f: () => void): void }) => {
      const address = addressOf(conn.request);
      perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
      metrics().openSockets.inc();
      conn.once("close", () => {
        const left = (perAddress.get(address) ?? 1) - 1;
        if (left > 0) perAddress.set(address, left);
        else perAddress.delete(address);
        metrics().openSockets.dec();
      });
    },
  );
  return io;
}

/** A request with its query, as Engine.IO has parsed it. */
type EngineRequest = IncomingMessage & { _query: { sid?: string } };

const isOfForeignPage = ({ headers }: IncomingMessage) =>
  isForeign(headers.origin, headers["sec-fetch-site"]?.toString());

/** Ends every connection of this process; the clients come back by themselves, elsewhere or later. */
export function closeSockets(io: Server): void {
  for (const namespace of io._nsps.values())
    for (const socket of namespace.sockets.values()) sayGoodbye(socket, "going away");
}
