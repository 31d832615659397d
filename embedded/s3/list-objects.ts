import { uriEncode } from "./canonical.ts";
import { S3Error } from "./errors.ts";
import { compareUtf8, paginate } from "./page.ts";
import type { S3Request } from "./request.ts";
import { type Answer, iso, quoted, type Store, xml } from "./store.ts";
import { document, element } from "./xml.ts";

/**
 * GET /bucket?list-type=2. In: prefix, delimiter, start-after, continuation-token, max-keys, encoding-type=url.
 * Out: up to 1,000 keys and common prefixes, in the order of their bytes.
 */
export function listObjects(request: S3Request, { bucket, objects }: Store): Answer {
  const prefix = request.query("prefix") ?? "";
  const delimiter = request.query("delimiter") ?? "";
  const startAfter = request.query("start-after");
  const token = request.query("continuation-token");
  const max = request.count("max-keys", 1000, 1000);
  const encode = encoder(request);
  const after = token === undefined ? (startAfter ?? "") : parseToken(token);
  const rest = after ? objects.keys().filter((key) => compareUtf8(key, after) > 0) : objects.keys();
  const entries = rest.map((key) => [key, key] as const);
  const page = paginate(entries, { prefix, delimiter, after, max });
  return xml(
    document(
      "ListBucketResult",
      element("Name", bucket),
      element("Prefix", encode(prefix)),
      ...(delimiter ? [element("Delimiter", encode(delimiter))] : []),
      ...(startAfter === undefined ? [] : [element("StartAfter", encode(startAfter))]),
      ...(token === undefined ? [] : [element("ContinuationToken", token)]),
      ...(page.truncated ? [element("NextContinuationToken", makeToken(page.last ?? ""))] : []),
      element("KeyCount", page.items.length + page.prefixes.length),
      element("MaxKeys", max),
      ...(request.query("encoding-type") ? [element("EncodingType", "url")] : []),
      element("IsTruncated", page.truncated),
      ...page.items.flatMap((key) => {
        const object = objects.get(key);
        if (!object) return [];
        return element(
          "Contents",
          element("Key", encode(key)),
          element("LastModified", iso(object.lastModified)),
          element("ETag", quoted(object.etag)),
          ...(object.checksum ? [element("ChecksumAlgorithm", object.checksum.algorithm)] : []),
          element("Size", object.size),
          element("StorageClass", "STANDARD"),
        );
      }),
      ...page.prefixes.map((name) => element("CommonPrefixes", element("Prefix", encode(name)))),
    ),
  );
}

/** A key may have characters that XML has not: with encoding-type=url they arrive. */
export function encoder(request: S3Request): (text: string) => string {
  const type = request.query("encoding-type");
  if (!type) return (text) => text;
  if (type === "url") return (text) => uriEncode(text).replaceAll("%2F", "/");
  throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request", {
    ArgumentName: "encoding-type",
    ArgumentValue: type,
  });
}

const makeToken = (last: string) => Buffer.from(last).toString("base64url");

function parseToken(token: string): string {
  const last = Buffer.from(token, "base64url").toString("utf8");
  if (token !== "" && makeToken(last) === token) return last;
  throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
    ArgumentName: "continuation-token",
  });
}
