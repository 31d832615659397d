import { type Algorithm, type Checksum, headerOf } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import type { Description, StoredObject } from "./objects.ts";
import type { Headers } from "./request.ts";
import { quoted } from "./store.ts";
import { type Content, element } from "./xml.ts";

/** The headers that are kept and told again. */
const kept = [
  "content-type",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
];
const META = "x-amz-meta-";
const MAX_METADATA_BYTES = 2048;

/** What the headers of an upload say about the object. The framing of the body is no property of it. */
export function descriptionOf(request: Headers): Description {
  const headers: Record<string, string> = { "content-type": "binary/octet-stream" };
  for (const name of kept) {
    const value = request.header(name);
    if (value) headers[name] = value;
  }
  const encodings = headers["content-encoding"]?.split(",").map((item) => item.trim());
  const encoding = encodings?.filter((item) => item !== "aws-chunked").join(", ");
  if (encoding) headers["content-encoding"] = encoding;
  else delete headers["content-encoding"];

  const metadata: Record<string, string> = {};
  for (const name of request.headerNames().filter((name) => name.startsWith(META))) {
    // A field of a form may be called anything; a header has a token for a name (RFC 9110, section 5.1).
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw new S3Error("InvalidArgument", "A name of metadata is no header.", {
        ArgumentName: name,
      });
    }
    metadata[name.slice(META.length)] = request.header(name) ?? "";
  }
  const size = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
  if (size > MAX_METADATA_BYTES) {
    throw new S3Error(
      "MetadataTooLarge",
      "Your metadata headers exceed the maximum allowed metadata size",
      {
        Size: size,
        MaxSizeAllowed: MAX_METADATA_BYTES,
      },
    );
  }
  for (const value of [...Object.values(headers), ...Object.values(metadata)])
    requireHeaderValue(value);
  return { headers, metadata };
}

/** @throws S3Error where a header cannot have that value (RFC 9110, section 5.5) */
export function requireHeaderValue(value: string): string {
  if (!/[^\t\u0020-\u007e\u0080-\u00ff]/.test(value)) return value;
  throw new S3Error("InvalidArgument", "Header value cannot be represented using ISO-8859-1.", {
    ArgumentValue: value,
  });
}

/** The headers of an object in an answer, without its checksum. */
export function headersOf(object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    etag: quoted(object.etag),
    "last-modified": new Date(object.lastModified).toUTCString(),
    ...object.headers,
  };
  for (const [name, value] of Object.entries(object.metadata)) headers[META + name] = value;
  return headers;
}

export function checksumHeaders(checksum: Checksum): Record<string, string> {
  const { algorithm, value } = checksum;
  return { [headerOf(algorithm)]: value, "x-amz-checksum-type": checksumType(checksum) };
}

export const checksumType = ({ value }: Checksum) =>
  value.includes("-") ? "COMPOSITE" : "FULL_OBJECT";

/** The elements of a listing about a checksum: its kind, and not its value. */
export const checksumDescription = (checksum?: Checksum): Content[] =>
  checksum
    ? [
        element("ChecksumAlgorithm", checksum.algorithm),
        element("ChecksumType", checksumType(checksum)),
      ]
    : [];

/** The name of a checksum's element in XML. */
export const checksumElement = (algorithm: Algorithm) => `Checksum${algorithm}`;
