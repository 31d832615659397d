import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** On one connection, behind the answer that is under way: as many as HTTP/2 begins at (RFC 9113, 6.5.2). */
export const MAX_WAITING = 100;

const waiting = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Closes an answer with its connection also while it waits behind another one (pipelining, RFC 9112, 9.3.2).
 * Node closes only the one whose turn it is: whoever frees something at the end of an answer, or counts it,
 * would hold the rest for ever.
 *
 * @returns false where too many wait already
 */
export function mayWait({ socket }: IncomingMessage, response: ServerResponse): boolean {
  // It is its turn.
  if (response.socket) return true;
  let all = waiting.get(socket);
  if (!all) {
    all = new Set();
    waiting.set(socket, all);
    socket.once("close", () => closeAll(socket));
  }
  all.add(response);
  response.once("close", () => all.delete(response));
  return all.size <= MAX_WAITING;
}

function closeAll(socket: Socket): void {
  for (const response of waiting.get(socket) ?? []) {
    // One whose turn has come meanwhile is Node's.
    if (response.socket) continue;
    // As Node does it for that one.
    Object.assign(response, { destroyed: true, _closed: true });
    response.emit("close");
  }
}
