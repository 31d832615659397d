import type { Server } from "node:http";
import type { Socket } from "node:net";

const silent = new WeakMap<Server, Set<Socket>>();

/**
 * Keeps the connections that have not sent a byte yet: browsers open them in advance, and
 * closeIdleConnections(), which knows only those that were answered once, would leave them.
 */
export function watchSilent(server: Server): void {
  const sockets = new Set<Socket>();
  silent.set(server, sockets);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", ({ socket }) => sockets.delete(socket));
  server.on("upgrade", ({ socket }) => sockets.delete(socket));
}

/** Closes the connections on which nobody waits for an answer. */
export function closeIdle(server: Server): void {
  server.closeIdleConnections();
  for (const socket of silent.get(server) ?? []) if (socket.bytesRead === 0) socket.destroy();
}
