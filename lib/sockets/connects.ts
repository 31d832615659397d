import type { Socket } from "socket.io";
import { createBucket } from "../token-bucket";
import { socketLimits } from "./limits";

/** The packet with which a client asks for a namespace: Socket.IO's type 0, in a message of Engine.IO. */
const CONNECT = "0";

/**
 * Ends a connection that asks for namespaces for ever. Each attempt is answered, also a refused one and one for a
 * namespace that does not exist, and each one that succeeds is a socket of its own.
 */
export function boundConnects(conn: Socket["conn"]): void {
  const bucket = createBucket({
    burst: socketLimits.namespaceAttempts,
    perSecond: socketLimits.namespaceAttemptsPerSecond,
  });
  conn.on("packet", ({ type, data }: { type: string; data?: unknown }) => {
    if (type !== "message" || typeof data !== "string" || !data.startsWith(CONNECT)) return;
    if (bucket.peek().ok) bucket.take();
    else conn.close(true);
  });
}

/** How many sockets a connection has, in all namespaces. */
const sockets = new WeakMap<Socket["conn"], number>();

/**
 * Ends a connection that has left all of its namespaces and joins no other within `graceMs`. Socket.IO ends only
 * those that have never joined one, and each counts against its address's limit.
 */
export function endUnused(socket: Socket, graceMs: number): void {
  const { conn } = socket;
  sockets.set(conn, (sockets.get(conn) ?? 0) + 1);
  socket.once("disconnect", () => {
    const left = (sockets.get(conn) ?? 1) - 1;
    sockets.set(conn, left);
    if (left > 0 || conn.readyState !== "open") return;
    const timer = setTimeout(() => sockets.get(conn) === 0 && conn.close(), graceMs);
    conn.once("close", () => clearTimeout(timer));
  });
}
