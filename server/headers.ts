import { randomBytes } from "node:crypto";
import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import { env } from "@/lib/env";
import { lifecycle } from "@/lib/lifecycle";
import { storeEndpoint } from "@/lib/object-store";
import { isHttps } from "@/lib/origin";
import { remember } from "@/lib/remember";
import { hasOfferedUpgrade } from "./upgrades";

/** Headers of every answer. Pages also get a Content-Security-Policy of their own. */
const always: [string, string][] = [
  ["X-Content-Type-Options", "nosniff"],
  ["Referrer-Policy", "strict-origin-when-cross-origin"],
  ["Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  // No page elsewhere gets what is ours as its picture, script or frame: withCors() is for reading.
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["X-Frame-Options", "DENY"],
];
/** Over https (RFC 6797): a year. Subdomains are not ours to bind. */
const transport: [string, string] = ["Strict-Transport-Security", "max-age=31536000"];
const house = () => (isHttps() ? [...always, transport] : always);

/**
 * What is no page runs nothing and has no origin, uploaded files foremost. It is set here, since
 * Next keeps a header that is there already, and drops the route's.
 */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * The policy of a page: only scripts that carry this request's nonce run, and what those load.
 * Styles may be inline (highlighted code sets its colours so). Hot reload needs eval. The other
 * instances of this deployment may be asked, where their routes allow it.
 */
function contentSecurityPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // The other instances, and the object store, which browsers send files straight to.
    `connect-src 'self' ${[...env().ALLOWED_ORIGINS, new URL(storeEndpoint()).origin].join(" ")}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const isPage = (path: string) => !/^\/(api|_next|socket\.io)(\/|$)/.test(path);

const ofTheLane = () =>
  remember(
    "lane-headers",
    (): OutgoingHttpHeaders => ({
      ...Object.fromEntries(house().map(([name, value]) => [name.toLowerCase(), value])),
      "content-security-policy": dataPolicy,
      "x-lane": "direct",
    }),
  );

/** The headers of an answer that neither a handler nor Next gives. */
export const bareHeaders = () =>
  remember(
    "bare-headers",
    (): OutgoingHttpHeaders => ({
      ...Object.fromEntries(house().map(([name, value]) => [name.toLowerCase(), value])),
      "content-security-policy": dataPolicy,
      "cache-control": "no-store",
    }),
  );

/** Whether the connection ends with the answer. */
const isLast = (request: IncomingMessage) =>
  lifecycle().phase === "draining" || hasOfferedUpgrade(request);

/** The headers of an answer that does not come through Next. They inherit what is always the same. */
export function laneHeaders(request: IncomingMessage, id: string): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = Object.create(ofTheLane());
  headers["x-request-id"] = id;
  if (isLast(request)) headers.connection = "close";
  return headers;
}

/** The headers of an answer that the server itself gives to a request. */
export function ownHeaders(request: IncomingMessage, id: string): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...bareHeaders(), "x-request-id": id };
  if (isLast(request)) headers.connection = "close";
  return headers;
}

/** Sets the headers of the others; Next takes the nonce from the request's policy, not from the answer's. */
export function setHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  { id, dev }: { id: string; dev: boolean },
): void {
  response.setHeader("X-Request-Id", id);
  // The answer to an accepted upgrade is no ServerResponse: Connection is the handshake's own.
  if (response instanceof ServerResponse && isLast(request))
    response.setHeader("Connection", "close");
  for (const [name, value] of house()) response.setHeader(name, value);
  delete request.headers["content-security-policy"];
  const path = request.url ?? "/";
  if (isPage(path)) {
    const policy = contentSecurityPolicy(randomBytes(16).toString("base64"), dev);
    request.headers["content-security-policy"] = policy;
    response.setHeader("Content-Security-Policy", policy);
  } else {
    response.setHeader("Content-Security-Policy", dataPolicy);
    if (path.startsWith("/api/")) response.setHeader("X-Lane", "next");
  }
}
