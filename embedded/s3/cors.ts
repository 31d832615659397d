import type { IncomingMessage } from "node:http";
import { S3Error } from "./errors.ts";
import type { Answer } from "./store.ts";
import { type Content, element } from "./xml.ts";

const METHODS = "GET, PUT, POST, DELETE, HEAD";
/** What a page may read of an answer: a part's ETag must be told again when the upload is completed. */
const EXPOSED =
  "ETag, Accept-Ranges, Content-Range, Location, x-amz-request-id, x-amz-checksum-crc32, x-amz-checksum-crc32c, x-amz-checksum-sha1, x-amz-checksum-sha256, x-amz-checksum-type";

const MAX_AGE_SECONDS = "600";

/** What is done here, as a rule of S3's CORS configuration. */
export const corsRule = (allowed: readonly string[]): Content =>
  element(
    "CORSRule",
    ...allowed.map((origin) => element("AllowedOrigin", origin)),
    ...METHODS.split(", ").map((method) => element("AllowedMethod", method)),
    element("AllowedHeader", "*"),
    ...EXPOSED.split(", ").map((name) => element("ExposeHeader", name)),
    element("MaxAgeSeconds", MAX_AGE_SECONDS),
  );

/** The headers for the page that asks, or none where its origin is not one of ours. */
export function corsHeaders(
  request: IncomingMessage,
  allowed: readonly string[],
): Record<string, string> {
  const { origin } = request.headers;
  if (!origin || !allowed.includes(origin)) return {};
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Expose-Headers": EXPOSED,
    Vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** OPTIONS: no signature, for the browser asks by itself. Out: 200, or 403 for a foreign origin. */
export function preflight(request: IncomingMessage, allowed: readonly string[]): Answer {
  const method = request.headers["access-control-request-method"];
  const headers = corsHeaders(request, allowed);
  if (!request.headers.origin || !method) {
    throw new S3Error("InvalidRequest", "Insufficient information. Origin request header needed.");
  }
  if (!headers["Access-Control-Allow-Origin"] || !METHODS.split(", ").includes(method)) {
    throw new S3Error(
      "AccessForbidden",
      "CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not allowed by the resource's CORS spec.",
      { Method: method, ResourceType: "OBJECT" },
    );
  }
  return {
    status: 200,
    headers: {
      ...headers,
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": request.headers["access-control-request-headers"] ?? "*",
      "Access-Control-Max-Age": MAX_AGE_SECONDS,
    },
  };
}
