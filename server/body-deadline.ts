import type { IncomingMessage } from "node:http";
import type { Deadlines } from "./deadlines";
import { refuse } from "./refusal";

/** Bodies of hours. Their handlers bound the silence in them instead (408). */
const isEndless = (path: string) => path.startsWith("/api/uploads/streaming");

const isUpload = (path: string) => path.startsWith("/api/uploads/");

/** By its headers (RFC 9112, 6.3): a request without these has none. */
export const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** Ends a connection whose request does not come to its end, so that slow bodies do not pile up. */
export function setBodyDeadline(
  request: IncomingMessage,
  path: string,
  { body, upload }: Deadlines,
): void {
  if (!hasBody(request) || isEndless(path)) return;
  const timer = setTimeout(
    () => request.complete || refuse(request.socket, 408),
    isUpload(path) ? upload : body,
  );
  request.once("close", () => clearTimeout(timer));
}
