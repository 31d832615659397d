import type { Server as HttpServer, IncomingMessage } from "node:http";
import { createAdapter } from "@socket.io/postgres-adapter";
import type { Pool } from "pg";
import { Server, type Socket } from "socket.io";
import { env } from "../env";
import { lifecycle } from "../lifecycle";
import { logger } from "../logger";
import { metrics } from "../metrics";
import { isForeign } from "../origin";
import { adapterPool } from "./adapter-pool";
import { addressOf } from "./address";
import { boundConnects } from "./connects";
import { sayGoodbye } from "./farewell";
import { socketLimits } from "./limits";

/** A connection of Engine.IO. */
type Connection = Socket["conn"];

/** The connections of each server, also those that have entered no namespace. */
const connections = new WeakMap<Server, Set<Connection>>();

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
    // It calls nothing of a pool but what ours has.
    adapter: createAdapter(adapterPool() as unknown as Pool, {
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
  // Nothing is served there, but Socket.IO would take anybody in, without a session and for as long as they like.
  io.of("/").use((_socket, next) => next(new Error("there is nothing here")));
  // And of those that stand: a foreign page gets 400, whichever session it names.
  io.engine.use((request: EngineRequest, _response: unknown, next: (error?: Error) => void) =>
    next(request._query.sid && isOfForeignPage(request) ? new Error("foreign origin") : undefined),
  );

  const open = new Set<Connection>();
  connections.set(io, open);
  io.engine.on("connection", (conn: Connection) => {
    const address = addressOf(conn.request);
    open.add(conn);
    boundConnects(conn);
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    metrics().openSockets.inc();
    conn.once("close", () => {
      open.delete(conn);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
      metrics().openSockets.dec();
    });
  });
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
  // Those of no namespace have nobody to be told; the others are closing already.
  for (const connection of connections.get(io) ?? []) connection.close();
}
