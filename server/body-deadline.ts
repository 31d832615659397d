import type { IncomingMessage } from "node:http";
import { createPace } from "@/lib/pace";
import type { Deadlines } from "./deadlines";
import { refuse } from "./refusal";

/**
 * Files of gigabytes, which wait for the store as well as for the client. Only their reader knows
 * which of the two it waits for: app/(uploads)/receive/body.ts holds them to the same pace (408).
 */
const isTimedByReader = (path: string) => path.startsWith("/api/uploads/streaming");

/** A form with a file. Everything else under /api/uploads takes JSON. */
const isFile = (path: string) => path.startsWith("/api/uploads/simple");

/** How often a body is looked at, in the time that it has at least: it ends at most a sixth of that late. */
const LOOKS = 6;

/** By its headers (RFC 9112, 6.3): a request without these has none. */
export const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** Ends a connection whose request comes too slowly, so that slow bodies do not pile up. */
export function setBodyDeadline(
  request: IncomingMessage,
  path: string,
  { body, upload, pace }: Deadlines,
): void {
  if (!hasBody(request) || isTimedByReader(path)) return;
  const { socket } = request;
  const graceMs = isFile(path) ? upload : body;
  const isTooSlow = createPace({ ...pace, graceMs });
  const begun = performance.now();
  const before = socket.bytesRead;
  const check = () => {
    if (request.complete) return clearInterval(timer);
    if (isTooSlow(performance.now() - begun, socket.bytesRead - before)) refuse(socket, 408);
  };
  const timer = setInterval(check, Math.min(pace.windowMs, graceMs) / LOOKS);
  request.once("close", () => clearInterval(timer));
}
