import { HttpError } from "./http";

// The wire format of server-sent events (HTML Living Standard, 9.2.5 and 9.2.6).

/** One event. `data` may have several lines, which arrive joined by LF whatever separated them. */
export interface SseEvent {
  /** The position to resume from: sent back as Last-Event-ID. "" forgets the position. */
  id?: string | number;
  /** The name that addEventListener takes; `message` without one. */
  event?: string;
  /** Without data the client fires nothing, but takes over the id. */
  data?: string;
  /** Milliseconds that the client waits before it comes back. */
  retry?: number;
}

/**
 * Encodes one event, blank line included.
 * @throws TypeError where id or event has a line break or NUL, or retry is no whole number: they
 *   are the server's own words, and such a one is a mistake that must not pass in silence
 */
export function encodeEvent({ id, event, data, retry }: SseEvent): string {
  let frame = "";
  if (retry !== undefined) frame += `retry: ${wholeMs(retry)}\n`;
  if (id !== undefined) frame += `id: ${oneLine("id", String(id))}\n`;
  if (event !== undefined) frame += `event: ${oneLine("event", event)}\n`;
  if (data !== undefined) frame += prefixed("data: ", data);
  return `${frame}\n`;
}

/** Encodes a comment, which every client ignores: it opens a stream, and keeps it open. */
export const encodeComment = (text = "") => `${prefixed(": ", text)}\n`;

/** CR, LF and CRLF each end a line (9.2.5), so each begins a new field of the same name. */
function prefixed(field: string, text: string): string {
  const whole = text.toWellFormed();
  if (!/[\r\n]/.test(whole)) return `${field}${whole}\n`;
  const lines = whole.split(/\r\n|\r|\n/).map((line) => `${field}${line}\n`);
  return lines.join("");
}

/** A NUL makes the client ignore the whole id (9.2.6). */
function oneLine(field: string, text: string): string {
  if (/[\r\n\0]/.test(text)) throw new TypeError(`An SSE ${field} has no line break and no NUL`);
  return text.toWellFormed();
}

function wholeMs(retry: number): number {
  if (!Number.isSafeInteger(retry) || retry < 0) throw new TypeError("retry is whole milliseconds");
  return retry;
}

/** Headers of a stream: nobody may keep it, change it (compression does) or gather it up. */
export const sseHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  // nginx, and those that learnt it from nginx.
  "x-accel-buffering": "no",
  // draft-ietf-httpbis-incremental: pass on each part as it comes.
  incremental: "?1",
} as const;

/**
 * The position that a reader comes back with. An empty header counts as none: that is what "no id
 * yet" looks like from clients that always send it.
 * @throws HttpError 400
 */
export function parseLastEventId(header: string | null): number | undefined {
  if (header === null || header === "") return undefined;
  const position = Number(header);
  if (/^\d{1,16}$/.test(header) && Number.isSafeInteger(position)) return position;
  throw new HttpError(400, "invalid-last-event-id", "Last-Event-ID is not an id of this stream.");
}
