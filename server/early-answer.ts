import type { IncomingMessage } from "node:http";
import { hasBody } from "./body-deadline";
import type { HouseResponse } from "./response";

/** How long, and for how many bytes, a client may go on sending after its answer. */
const LINGER_MS = 3_000;
const LINGER_BYTES = 32 * 1024 * 1024;

/**
 * Where an answer begins before the whole request is there, the connection ends with it, in stages
 * (RFC 9112, 9.6): the answer, the end of our side, and only after a while the whole. A socket that is
 * closed with bytes unread is reset, and the client may lose the answer that says why.
 */
export function closeAfterEarlyAnswer(request: IncomingMessage, response: HouseResponse): void {
  if (!hasBody(request)) return;
  response.beforeHead = () => {
    if (request.complete) return;
    if (response.house) response.house.connection = "close";
    else response.setHeader("Connection", "close");
    // What Node calls once the answer is written.
    request.socket.destroySoon = () => linger(request);
  };
}

function linger(request: IncomingMessage): void {
  const { socket } = request;
  let left = LINGER_BYTES;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.end();
  // Whoever read the body before has given it up; what still comes is dropped.
  request.removeAllListeners("readable").removeAllListeners("data");
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  });
  request.once("end", () => socket.destroy());
  request.resume();
}
