import type { Socket } from "socket.io";

/** Why the server ends a connection; the `reason` of its last event, `bye`. */
export type Farewell =
  | "slow consumer"
  | "session expired"
  | "logged out"
  | "going away"
  | "too many refusals";

/** What a client that does not read is given to take its last bytes. */
const FLUSH_MS = 2_000;

/**
 * Tells a socket why, then closes its transport. Closing the transport, and not the namespace,
 * makes a client reconnect by itself (`disconnect(true)` would tell it to stay away).
 */
export function sayGoodbye(socket: Socket, reason: Farewell): void {
  socket.emit("bye", { reason });
  const { conn } = socket;
  conn.close();
  // close() waits for the buffer to drain, which a client that does not read never lets happen.
  const timer = setTimeout(() => conn.close(true), FLUSH_MS);
  conn.once("close", () => clearTimeout(timer));
}
