import { uriEncode } from "./canonical.ts";
import { checksumDescription } from "./description.ts";
import { S3Error } from "./errors.ts";
import { owner } from "./owner.ts";
import { compareUtf8, type Page, paginate } from "./page.ts";
import type { S3Request } from "./request.ts";
import { iso, quoted, type Store } from "./store.ts";
import { type Content, element } from "./xml.ts";

export interface Listing {
  page: Page<string>;
  /** As encoding-type asks for. */
  encode: (text: string) => string;
  /** The elements that both versions of the listing have. */
  elements: Content[];
}

/**
 * What ListObjects and ListObjectsV2 have in common. In: prefix, delimiter, max-keys, encoding-type=url. Out: up to
 * 1,000 keys and common prefixes after `after`, in the order of their bytes.
 */
export function listing(
  request: S3Request,
  { bucket, objects }: Store,
  { after, withOwner }: { after: string; withOwner: boolean },
): Listing {
  const prefix = request.query("prefix") ?? "";
  const delimiter = request.query("delimiter") ?? "";
  const max = request.count("max-keys", 1000, 1000);
  const encode = encoder(request);
  const rest = after ? objects.keys().filter((key) => compareUtf8(key, after) > 0) : objects.keys();
  const entries = rest.map((key) => [key, key] as const);
  const page = paginate(entries, { prefix, delimiter, after, max });
  const contents = page.items.map((key) => {
    const object = objects.get(key);
    return (
      object &&
      element(
        "Contents",
        element("Key", encode(key)),
        element("LastModified", iso(object.lastModified)),
        element("ETag", quoted(object.etag)),
        ...checksumDescription(object.checksum),
        element("Size", object.size),
        ...(withOwner ? [owner()] : []),
        element("StorageClass", "STANDARD"),
      )
    );
  });
  const prefixes = page.prefixes.map((name) =>
    element("CommonPrefixes", element("Prefix", encode(name))),
  );
  const elements = [
    element("Name", bucket),
    element("Prefix", encode(prefix)),
    ...(delimiter ? [element("Delimiter", encode(delimiter))] : []),
    element("MaxKeys", max),
    ...(request.query("encoding-type") ? [element("EncodingType", "url")] : []),
    element("IsTruncated", page.truncated),
    ...contents,
    ...prefixes,
  ];
  return { page, encode, elements };
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
