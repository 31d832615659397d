import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { HttpError } from "@/lib/http";
import { headLimits, methods } from "./head";
import { bareHeaders } from "./headers";
import { MAX_WAITING } from "./pipelined";

/** How long the client has to read the answer. A socket that is closed with bytes unread is reset. */
const LINGER_MS = 1_000;

const allow = [...methods].join(", ");
/** What is refused before any handler sees it. */
const refusals = {
  400: ["bad-request", "This cannot be read as a request of HTTP/1.1."],
  405: ["method-not-allowed", `Only ${allow} are understood here.`],
  408: ["request-timeout", "The request did not come to its end in time. Send it again."],
  413: ["too-large", "The extensions of a chunk are too large."],
  417: ["expectation-failed", "Only 100-continue can be expected here."],
  429: [
    "too-many-waiting",
    `At most ${MAX_WAITING} requests of a connection wait for their answers. Wait for some, or open another.`,
  ],
  431: [
    "headers-too-large",
    `The head of a request has at most ${headLimits.bytes} bytes, and ${headLimits.fields} fields.`,
  ],
} as const;
type Status = keyof typeof refusals;

/** Why Node could not read a request. */
export function statusOf({ code }: NodeJS.ErrnoException): Status {
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return 413;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}

const ending = { "content-type": "application/problem+json", connection: "close" };
const refused = new WeakSet<Duplex>();

/** Answers on the connection itself, where no request stands that could be answered, and ends it. */
export function refuse(socket: Duplex, status: Status): void {
  // What still comes is dropped.
  if (refused.has(socket)) return;
  refused.add(socket);
  // Nothing may be written into an answer that has begun.
  const { _httpMessage } = socket as { _httpMessage?: ServerResponse };
  if (!socket.writable || _httpMessage?.headersSent) return void socket.destroy();
  const body = bodyOf(status);
  const headers = { ...bareHeaders(), ...ending, "content-length": body.length };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}

/** The same, for a request that could be read: `id` is its own. */
export function refuseRequest(response: ServerResponse, status: Status, id: string): void {
  const headers = { ...bareHeaders(), ...ending, "x-request-id": id };
  if (status === 405) headers.allow = allow;
  if (status === 429) headers["retry-after"] = "1";
  response.writeHead(status, headers).end(bodyOf(status));
}

/** ASCII: its length is its bytes. */
function bodyOf(status: Status): string {
  const [slug, detail] = refusals[status];
  return JSON.stringify(new HttpError(status, slug, detail).problem());
}
