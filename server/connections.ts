import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server, each with the answer to its latest request. */
const connections = new WeakMap<Server, Map<Socket, ServerResponse | undefined>>();

/**
 * Keeps the connections of a server, for closeIdle(). Node's closeIdleConnections() knows only those that were
 * answered once and are silent since: it leaves a connection that has sent nothing yet (browsers open them in
 * advance), and one whose request head has begun and does not come to its end.
 */
export function watchSilent(server: Server): void {
  const open = new Map<Socket, ServerResponse | undefined>();
  connections.set(server, open);
  server.on("connection", (socket) => {
    open.set(socket, undefined);
    socket.once("close", () => open.delete(socket));
  });
  server.on("request", ({ socket }, response) => open.set(socket, response));
  // It belongs to a protocol of its own, which ends it.
  server.on("upgrade", ({ socket }) => open.delete(socket));
}

/**
 * Closes the connections on which no request waits for its answer. Half a head is no request: nothing has
 * looked at it, and its client may send it again elsewhere (RFC 9112, 9.3.1).
 */
export function closeIdle(server: Server): void {
  // Answers go in the order of the requests: the latest is the last. An end that has begun has its own deadline.
  for (const [socket, latest] of connections.get(server) ?? [])
    if (!socket.writableEnded && (!latest || latest.closed)) socket.destroy();
}
