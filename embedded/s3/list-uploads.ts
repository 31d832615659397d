import { checksumElement } from "./description.ts";
import { encoder } from "./listing.ts";
import { owner } from "./owner.ts";
import { compareUtf8, paginate } from "./page.ts";
import type { S3Request } from "./request.ts";
import { type Answer, iso, quoted, type Store, xml } from "./store.ts";
import type { Upload } from "./uploads.ts";
import { type Content, document, element } from "./xml.ts";

/** The kind of checksum that an upload was begun with. */
const kindOf = ({ algorithm }: Upload): Content[] =>
  algorithm ? [element("ChecksumAlgorithm", algorithm), element("ChecksumType", "COMPOSITE")] : [];

/** GET /bucket/key?uploadId. In: max-parts, part-number-marker. Out: the parts that are there, by number. */
export function listParts(request: S3Request, { bucket, uploads }: Store): Answer {
  const upload = uploads.require(request.query("uploadId") ?? "", request.key);
  const max = request.count("max-parts", 1000, 1000);
  const marker = request.count("part-number-marker", 0, 10_000);
  const rest = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .sort((a, b) => a.number - b.number);
  const parts = rest.slice(0, max);
  const last = parts.at(-1)?.number;
  return xml(
    document(
      "ListPartsResult",
      element("Bucket", bucket),
      element("Key", upload.key),
      element("UploadId", upload.uploadId),
      owner("Initiator"),
      owner(),
      element("StorageClass", "STANDARD"),
      element("PartNumberMarker", marker),
      ...(last === undefined ? [] : [element("NextPartNumberMarker", last)]),
      element("MaxParts", max),
      element("IsTruncated", max > 0 && rest.length > max),
      ...kindOf(upload),
      ...parts.map(({ number, lastModified, etag, size, checksum }) =>
        element(
          "Part",
          element("PartNumber", number),
          element("LastModified", iso(lastModified)),
          element("ETag", quoted(etag)),
          element("Size", size),
          ...(checksum ? [element(checksumElement(checksum.algorithm), checksum.value)] : []),
        ),
      ),
    ),
  );
}

/** GET /bucket?uploads. In: prefix, delimiter, max-uploads, key-marker, upload-id-marker. Out: the open uploads, by key. */
export function listUploads(request: S3Request, { bucket, uploads }: Store): Answer {
  const prefix = request.query("prefix") ?? "";
  const delimiter = request.query("delimiter") ?? "";
  const keyMarker = request.query("key-marker") ?? "";
  const idMarker = request.query("upload-id-marker") ?? "";
  const max = request.count("max-uploads", 1000, 1000);
  const encode = encoder(request);
  // Several uploads may have one key: a page may end between them, and the next one begins there.
  const all = uploads.list();
  const seen = all.findIndex(({ key, uploadId }) => key === keyMarker && uploadId === idMarker);
  const rest = all.filter(({ key }, index) =>
    key === keyMarker && seen >= 0
      ? index > seen
      : keyMarker === "" || compareUtf8(key, keyMarker) > 0,
  );
  const page = paginate(
    rest.map((upload) => [upload.key, upload] as const),
    { prefix, delimiter, after: keyMarker, max },
  );
  const last = page.items.at(-1);
  return xml(
    document(
      "ListMultipartUploadsResult",
      element("Bucket", bucket),
      element("KeyMarker", encode(keyMarker)),
      element("UploadIdMarker", idMarker),
      ...(page.truncated
        ? [
            element("NextKeyMarker", encode(page.last ?? "")),
            element("NextUploadIdMarker", last?.key === page.last ? (last?.uploadId ?? "") : ""),
          ]
        : []),
      element("Prefix", encode(prefix)),
      ...(delimiter ? [element("Delimiter", encode(delimiter))] : []),
      element("MaxUploads", max),
      ...(request.query("encoding-type") ? [element("EncodingType", "url")] : []),
      element("IsTruncated", page.truncated),
      ...page.items.map((upload) =>
        element(
          "Upload",
          element("Key", encode(upload.key)),
          element("UploadId", upload.uploadId),
          owner("Initiator"),
          owner(),
          element("StorageClass", "STANDARD"),
          element("Initiated", iso(upload.initiated)),
          ...kindOf(upload),
        ),
      ),
      ...page.prefixes.map((name) => element("CommonPrefixes", element("Prefix", encode(name)))),
    ),
  );
}
