import { isNotModified } from "./conditions.ts";
import { checksumHeaders, headersOf, requireHeaderValue } from "./description.ts";
import { noSuchKey, notImplemented } from "./errors.ts";
import { parseRange } from "./range.ts";
import type { S3Request } from "./request.ts";
import type { Answer, Store } from "./store.ts";

const overrides = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

/**
 * GET or HEAD /bucket/key. In: Range, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since,
 * response-<header>, x-amz-checksum-mode. Out: 200, 206, 304. Failures: NoSuchKey, PreconditionFailed, InvalidRange.
 */
export function getObject(request: S3Request, { objects, blobs }: Store): Answer {
  const object = objects.get(request.key);
  if (!object) throw noSuchKey(request.key);
  if (request.query("partNumber") !== undefined) throw notImplemented("GetObject with partNumber");

  const withChecksum = request.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  const headers = headersOf(object);
  if (isNotModified(request, object)) return { status: 304, headers };
  for (const name of overrides) {
    const value = request.query(`response-${name}`);
    if (value) headers[name] = requireHeaderValue(value);
  }

  const range = parseRange(request.header("range"), object.size);
  // A checksum is of the whole object: beside a part of it, the SDK would hold it against that part.
  if (withChecksum && !range && object.checksum) {
    Object.assign(headers, checksumHeaders(object.checksum));
  }
  const { start, end } = range ?? { start: 0, end: object.size };
  headers["content-length"] = String(end - start);
  if (range) headers["content-range"] = `bytes ${start}-${end - 1}/${object.size}`;
  const body = request.method === "HEAD" ? undefined : blobs.read(object.blobs, start, end);
  return { status: range ? 206 : 200, headers, body };
}
