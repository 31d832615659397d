import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse,
} from "node:http";
import type { SharedAnswer } from "@/lib/shared-answer";
import { bareHeaders } from "./headers";
import { keepOwnVary } from "./vary";
import { wholeAnswer } from "./whole-answer";

/** The response of our server: what every head needs is done where the head is written, once. */
export class HouseResponse<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {
  /** Headers of an answer that is written at once, in lower case: they outrank its own. */
  house: OutgoingHttpHeaders | undefined;
  /** Called before the head is written. */
  beforeHead: (() => void) | undefined;

  /** Open for as long as its reader likes: no request whose time says anything. */
  isEventStream = false;

  /** Node's own: the head, and whether it has gone out. */
  declare _header: string | null;
  declare _headerSent: boolean;

  /**
   * Sends an answer that many are given: all of it in one write. Node would put the head together
   * for each of them, and write it in two parts.
   *
   * @returns false where it must go the usual way: behind another answer (pipelining, RFC 9112,
   *   9.3.2), on a connection that ends with it, or to a HEAD
   */
  sendShared(answer: SharedAnswer): boolean {
    const { house, socket } = this;
    if (!house || house.connection || this.beforeHead || this.headersSent || !socket) return false;
    if (!this.shouldKeepAlive || this.req.method === "HEAD" || this.destroyed) return false;
    const { keepAliveTimeout } = (socket as { server?: Server }).server ?? {};
    const { text, encoding } = wholeAnswer(answer, house, keepAliveTimeout ?? 0);
    this.statusCode = 200;
    this._header = text;
    this._headerSent = true;
    socket.write(text, encoding);
    this.end();
    return true;
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    this.beforeHead?.();
    const last = rest.at(-1);
    const given = typeof last === "object" ? (last as OutgoingHttpHeaders) : undefined;
    const type = given?.["content-type"] ?? this.getHeader("content-type");
    this.isEventStream = String(type).startsWith("text/event-stream");
    if (this.hasHeader("x-content-length")) {
      this.setHeader("Content-Length", String(this.getHeader("x-content-length")));
      this.removeHeader("x-content-length");
    }
    if (this.getHeader("x-lane") === "next") keepOwnVary(this);
    // What Node refuses by itself: a request without a Host, or with an Expect that nobody can meet.
    if (!this.house && !this.hasHeader("x-content-type-options"))
      for (const [name, value] of Object.entries(bareHeaders()))
        this.setHeader(name, value as string);
    if (!this.house) return Reflect.apply(super.writeHead, this, [status, ...rest]);
    return super.writeHead(status, flatten(given, this.house));
  }
}

/**
 * Both as the flat list of names and values that Node writes as it is: objects would be merged and
 * walked again for each answer.
 *
 * Next drops the Content-Length of a route's Response, that of a download and of a HEAD as well. A
 * route says it as X-Content-Length, and it goes out by its own name: a browser can then tell how
 * far a download is, and notices one that was cut short.
 */
function flatten(given: OutgoingHttpHeaders | undefined, house: OutgoingHttpHeaders) {
  const flat: OutgoingHttpHeader[] = [];
  for (const name in house) flat.push(name, house[name] as OutgoingHttpHeader);
  for (const name in given) {
    if (name in house) continue;
    const sent = name === "x-content-length" ? "content-length" : name;
    flat.push(sent, given[name] as OutgoingHttpHeader);
  }
  return flat;
}
