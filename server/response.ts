import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse,
} from "node:http";
import { bareHeaders } from "./headers";
import type { Match } from "./lane/table";
import { keepOwnVary } from "./vary";
import { wholeAnswer } from "./whole-answer";

interface Head {
  status: number;
  given: OutgoingHttpHeaders | undefined;
}

/** The response of our server: what every head needs is done where the head is written, once. */
export class HouseResponse<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {
  /** Headers of an answer that is written at once, in lower case: they outrank its own. */
  house: OutgoingHttpHeaders | undefined;
  /** Who answers in the lane. */
  match: Match | undefined;
  /** Called before the head is written. */
  beforeHead: (() => void) | undefined;

  /** Open for as long as its reader likes: no request whose time says anything. */
  isEventStream = false;

  /** Node's own: the head, and whether it has gone out. */
  declare _header: string | null;
  declare _headerSent: boolean;

  /** The head of an answer of the lane, until it is seen what follows: all of a text goes out with it. */
  #held: Head | undefined;
  /** Something went Node's way: heads are held no more. */
  #usual = false;

  override writeHead(status: number, ...rest: unknown[]): this {
    this.beforeHead?.();
    const last = rest.at(-1);
    const given = typeof last === "object" ? (last as OutgoingHttpHeaders) : undefined;
    if (this.house && !this.#usual && this.getHeaderNames().length === 0) {
      this.isEventStream = isEventStream(given?.["content-type"]);
      this.statusCode = status;
      this.#held = { status, given };
      return this;
    }
    this.isEventStream = isEventStream(given?.["content-type"] ?? this.getHeader("content-type"));
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

  override end(...args: unknown[]): this {
    const head = this.#held;
    if (head && args.length === 1 && typeof args[0] === "string" && this.#sendWhole(head, args[0]))
      return super.end();
    this.#release();
    return Reflect.apply(super.end, this, args);
  }

  override write(...args: unknown[]): boolean {
    this.#release();
    return Reflect.apply(super.write, this, args);
  }

  override flushHeaders(): void {
    this.#release();
    super.flushHeaders();
  }

  /**
   * @returns false where the answer must go the usual way: behind another (pipelining, RFC 9112, 9.3.2),
   *   on a connection that ends with it, or to a HEAD
   */
  #sendWhole({ status, given }: Head, body: string): boolean {
    const { house, socket } = this;
    if (!house || house.connection || !socket || this.destroyed) return false;
    if (!this.shouldKeepAlive || this.req.method === "HEAD") return false;
    const { keepAliveTimeout = 0 } = (socket as { server?: Server }).server ?? {};
    const whole = wholeAnswer({ status, given, house, body, keepAliveMs: keepAliveTimeout });
    if (!whole) return false;
    this.#held = undefined;
    this._header = whole.text;
    this._headerSent = true;
    socket.write(whole.text, whole.encoding);
    return true;
  }

  #release(): void {
    this.#usual = true;
    const head = this.#held;
    this.#held = undefined;
    if (head) super.writeHead(head.status, flatten(head.given, this.house ?? {}));
  }
}

const isEventStream = (type: unknown) => String(type).startsWith("text/event-stream");

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
    if (name in house || (name === "content-length" && "x-content-length" in given)) continue;
    const sent = name === "x-content-length" ? "content-length" : name;
    flat.push(sent, given[name] as OutgoingHttpHeader);
  }
  return flat;
}
