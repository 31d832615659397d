import { requireAlgorithm } from "./checksums.ts";
import { admission, isNotModified } from "./conditions.ts";
import { checksumElement, checksumType, descriptionOf } from "./description.ts";
import { noSuchKey, notImplemented, S3Error } from "./errors.ts";
import { requireKeyLength, type S3Request } from "./request.ts";
import { type Answer, iso, quoted, type Store, seconds, xml } from "./store.ts";
import { document, element } from "./xml.ts";

const PREFIX = "x-amz-copy-source-";

/**
 * PUT /bucket/key with x-amz-copy-source. In: x-amz-metadata-directive, x-amz-copy-source-if-*. Out: 200 with the ETag.
 * The copy has the same blobs: no byte is written.
 */
export async function copyObject(request: S3Request, store: Store): Promise<Answer> {
  const { objects, blobs, now } = store;
  const { key } = request;
  const admit = admission(request);
  const sourceKey = parseSource(request.header("x-amz-copy-source") ?? "", store.bucket);
  const source = objects.get(sourceKey);
  if (!source) throw noSuchKey(sourceKey);
  if (isNotModified(request, source, PREFIX)) {
    throw new S3Error(
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
    );
  }
  if (request.header("x-amz-copy-source-range")) throw notImplemented("A copy of a range");
  const algorithm = request.header("x-amz-checksum-algorithm");
  if (algorithm !== undefined && requireAlgorithm(algorithm) !== source.checksum?.algorithm) {
    throw notImplemented("A checksum of a copy that its source does not have");
  }
  const replace = directive(request) === "REPLACE";
  if (!replace && sourceKey === key) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const { headers, metadata } = replace ? descriptionOf(request) : source;
  const { uploadId: _, ...rest } = source;
  const copy = { ...rest, key, headers, metadata, lastModified: seconds(now()) };
  blobs.retain(copy.blobs);
  try {
    await objects.put(copy, admit);
  } catch (error) {
    await blobs.release(copy.blobs);
    throw error;
  }
  return xml(
    document(
      "CopyObjectResult",
      element("LastModified", iso(copy.lastModified)),
      element("ETag", quoted(copy.etag)),
      ...(copy.checksum
        ? [
            element(checksumElement(copy.checksum.algorithm), copy.checksum.value),
            element("ChecksumType", checksumType(copy.checksum)),
          ]
        : []),
    ),
  );
}

function directive(request: S3Request): "COPY" | "REPLACE" {
  const given = request.header("x-amz-metadata-directive") ?? "COPY";
  if (given === "COPY" || given === "REPLACE") return given;
  throw new S3Error("InvalidArgument", "Unknown metadata directive.", { ArgumentValue: given });
}

/** `/bucket/key` or `bucket/key`, encoded as in a URI. */
function parseSource(text: string, bucket: string): string {
  let source: string;
  try {
    source = decodeURIComponent(text);
  } catch {
    source = "";
  }
  if (/\?versionId=/.test(text)) throw notImplemented("Versions");
  const [, name, key] = /^\/?([^/]+)\/(.+)$/s.exec(source) ?? [];
  if (!name || !key) {
    throw new S3Error(
      "InvalidArgument",
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      {
        ArgumentName: "x-amz-copy-source",
        ArgumentValue: text,
      },
    );
  }
  if (name !== bucket)
    throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
  requireKeyLength(key);
  return key;
}
