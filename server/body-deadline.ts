import type { IncomingMessage } from "node:http";

/** For a whole request. */
const DEADLINE_MS = 300_000;

/** Bodies of hours. Their handlers bound the silence in them instead (408). */
const isUpload = (path: string) => path.startsWith("/api/uploads/streaming");

/** By its headers (RFC 9112, 6.3): a request without these has none. */
export const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** Ends a connection whose request does not come to its end, so that slow bodies do not pile up. */
export function setBodyDeadline(request: IncomingMessage, path: string): void {
  if (!hasBody(request) || isUpload(path)) return;
  const timer = setTimeout(() => request.complete || request.socket.destroy(), DEADLINE_MS);
  request.once("close", () => clearTimeout(timer));
}
