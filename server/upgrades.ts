import type { IncomingMessage } from "node:http";

/**
 * Whether a request becomes another protocol: the WebSockets of Socket.IO, and of Next's hot reload in
 * development. Every other Upgrade is ignored, and the request answered over HTTP/1.1, since a server
 * takes none that it does not want (RFC 9110, 7.8): `h2c`, which curl --http2 and Java's HttpClient offer
 * with every request, `TLS/1.0`, a WebSocket at another address, and any in HTTP/1.0.
 */
export function acceptsUpgrade(request: IncomingMessage, dev: boolean): boolean {
  const { method, url, httpVersion, headers } = request;
  if (method !== "GET" || httpVersion !== "1.1") return false;
  // The handshake has this one value (RFC 6455, 4.2.1).
  if (headers.upgrade?.toLowerCase() !== "websocket") return false;
  return dev || (url?.startsWith("/socket.io/") ?? false);
}

/**
 * Whether a request that is answered over HTTP/1.1 has offered an Upgrade. Node 24 drops what has come in
 * the same packet behind it, another request for instance, so its connection ends with its answer: a client
 * then knows that it must send again whatever was not answered (RFC 9112, 9.3.2).
 */
export const hasOfferedUpgrade = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade !== undefined;
