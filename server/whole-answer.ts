import { type OutgoingHttpHeaders, STATUS_CODES } from "node:http";

/** An answer of the lane, before anything of it has gone out. */
export interface Answer {
  status: number;
  /** The handler's headers. */
  given: OutgoingHttpHeaders | undefined;
  /** Those of the house, which outrank them: own ones, and what they inherit. */
  house: OutgoingHttpHeaders;
  body: string;
  keepAliveMs: number;
}

/**
 * An answer as it goes over the wire, head and body in one text for one write. Node would check and join the
 * head field by field, and write it in two parts.
 *
 * @returns undefined where it must go Node's way, which also refuses what is no header
 */
export function wholeAnswer({ status, given, house, body, keepAliveMs }: Answer) {
  const own = fields(given, house);
  const reason = STATUS_CODES[status];
  if (own === undefined || !reason || status < 200 || status === 204 || status === 304) return;
  const bytes = Buffer.byteLength(body);
  let head = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (const name of Object.keys(house)) head += `${name}: ${house[name]}\r\n`;
  head += commonFields(Object.getPrototypeOf(house)) + own + date();
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1_000)}`;
  return {
    text: `${head}${keepAlive}\r\nContent-Length: ${bytes}\r\n\r\n${body}`,
    encoding: bytes === body.length ? "latin1" : "utf8",
  } as const;
}

/** The handler's headers as lines; undefined where one is for Node: a list, a thing of the connection, a fault. */
function fields(given: OutgoingHttpHeaders | undefined, house: OutgoingHttpHeaders) {
  let lines = "";
  for (const name in given) {
    const value = given[name];
    if (name in house) continue;
    const kind = kinds.get(name) ?? kindOf(name);
    if (kind === "length") continue;
    if (kind === "node" || typeof value !== "string" || UNSAFE.test(value)) return undefined;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** Beyond ASCII a head and a body are encoded differently. */
const UNSAFE = /[^\t\x20-\x7e]/;

type Kind = "plain" | "length" | "node";
/** Names are written in the code of handlers: there are few. */
const kinds = new Map<string, Kind>();

function kindOf(name: string): Kind {
  const ofNode = /^(connection|keep-alive|date|transfer-encoding|trailer|upgrade)$/i;
  const plain = /^[\w-]+$/.test(name) && !ofNode.test(name);
  const kind = /^(x-)?content-length$/i.test(name) ? "length" : plain ? "plain" : "node";
  kinds.set(name, kind);
  return kind;
}

let common: { of: object; lines: string } | undefined;

/** What every answer inherits, joined once. */
function commonFields(of: OutgoingHttpHeaders): string {
  if (common?.of !== of) {
    const lines = Object.entries(of).map(([name, value]) => `${name}: ${value}\r\n`);
    common = { of, lines: lines.join("") };
  }
  return common.lines;
}

let today = { second: 0, line: "" };

function date(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (today.second !== second)
    today = { second, line: `Date: ${new Date(second * 1_000).toUTCString()}\r\n` };
  return today.line;
}
