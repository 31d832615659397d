import type { IncomingMessage } from "node:http";
import { env } from "@/lib/env";
import { setRequestHeader } from "./request-headers";

/** Of the head of a request: its bytes, the address among them, and its fields. */
export const headLimits = { bytes: 16_384, fields: 100 } as const;

/** Those that Next would answer with a 500 (TRACE), or that mean nothing here, are not among them. */
export const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/**
 * What is wrong with a head that Node has let through. What others may read otherwise than we do is refused,
 * so that no request hides in another: an address of another host's (RFC 9112, 3.2), a Host that is missing in
 * HTTP/1.1, not one or not the only one (3.2), a transfer coding beside chunked (6.1), another HTTP than 1.0 and 1.1; and an address
 * whose escapes are no UTF-8, at which Next breaks.
 */
export function faultOf(request: IncomingMessage): 400 | 405 | 431 | undefined {
  const { rawHeaders, headers, url, httpVersionMajor, httpVersionMinor, method = "" } = request;
  if (rawHeaders.length > 2 * headLimits.fields) return 431;
  const { host, "transfer-encoding": coding } = headers;
  if (httpVersionMajor !== 1 || !url?.startsWith("/")) return 400;
  if (host === undefined ? httpVersionMinor > 0 : !(isHost(host) && isOnly(rawHeaders, "host")))
    return 400;
  if (url.includes("%") && !isText(url)) return 400;
  if (coding !== undefined && coding.toLowerCase() !== "chunked") return 400;
  return methods.has(method) ? undefined : 405;
}

/**
 * HTTP/1.0 may do without a Host (RFC 9112, 3.2), and then means the server's own (3.3). It is set, since
 * whatever makes a whole address of a request needs one.
 */
export function setMissingHost(request: IncomingMessage): void {
  if (request.headers.host !== undefined || request.httpVersion !== "1.0") return;
  setRequestHeader(request, "host", new URL(env().ALLOWED_ORIGINS[0] as string).host);
}

/**
 * An address in its absolute form, which a server must take as well (RFC 9112, 3.2.2), becomes the usual one
 * where it is of the host that Host names. Another's is left as it is, and is a fault.
 */
export function toOriginForm(request: IncomingMessage): void {
  const { url = "/", headers } = request;
  if (url.startsWith("/")) return;
  const [, host, rest = ""] = /^https?:\/\/([^/?#]+)([^#]*)$/i.exec(url) ?? [];
  if (host === undefined || host.toLowerCase() !== headers.host?.toLowerCase()) return;
  request.url = rest.startsWith("/") ? rest : `/${rest}`;
}

/** Hosts that were found to be well formed: the same few come with every request. */
const known = new Set<string>();
const MAX_KNOWN = 100;

/** Whether it is a host, and one of which an address can be made: `x:99999` and `1.2.3.4.5` are none. */
function isHost(host: string): boolean {
  if (known.has(host)) return true;
  if (!HOST.test(host) || !URL.canParse(`http://${host}/`)) return false;
  if (known.size >= MAX_KNOWN) known.clear();
  known.add(host);
  return true;
}

function isOnly(rawHeaders: string[], name: string): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === name.length && rawHeaders[i]?.toLowerCase() === name) count++;
  return count === 1;
}

function isText(url: string): boolean {
  try {
    decodeURIComponent(url.split("?", 1)[0] as string);
    return true;
  } catch {
    return false;
  }
}
