import { createHash } from "node:crypto";
import { readText } from "./body.ts";
import { type Algorithm, algorithms, composite } from "./checksums.ts";
import { admission } from "./conditions.ts";
import { checksumElement } from "./description.ts";
import { S3Error } from "./errors.ts";
import type { StoredObject } from "./objects.ts";
import type { S3Request } from "./request.ts";
import { type Answer, quoted, type Store, seconds, xml } from "./store.ts";
import type { Part, Upload } from "./uploads.ts";
import { document, element, parseXml } from "./xml.ts";

/** Of every part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

interface Named {
  number: number;
  etag: string;
  checksums: Partial<Record<Algorithm, string>>;
}

/**
 * POST /bucket/key?uploadId. In: the parts, each with its ETag, in ascending order; If-None-Match: *. Out: 200 with the
 * object's ETag, the MD5 of the parts' MD5s. Failures: InvalidPart, InvalidPartOrder, EntityTooSmall, MalformedXML; the
 * upload stays open. The object has the parts' blobs: no byte is copied. What has been completed is answered alike again.
 */
export async function completeUpload(request: S3Request, store: Store): Promise<Answer> {
  const { objects, uploads } = store;
  const { key } = request;
  const uploadId = request.query("uploadId") ?? "";
  const admit = admission(request);
  const named = parseParts(await readText(request, MAX_BODY_BYTES));
  const done = () => {
    const object = objects.get(key);
    return object?.uploadId === uploadId && uploadId ? object : undefined;
  };
  const object =
    done() ??
    (await uploads
      .end(uploadId, key, (upload) => assemble(upload, named, store, admit))
      .catch((error) => {
        const other = done();
        if (other) return other;
        throw error;
      }));
  return result(object, store.bucket, request);
}

async function assemble(
  upload: Upload,
  named: readonly Named[],
  { objects, blobs, now }: Store,
  admit: (before?: StoredObject) => void,
): Promise<StoredObject> {
  const parts = named.map((name) => match(upload, name));
  for (const [index, part] of parts.entries()) {
    if (part.size >= MIN_PART_BYTES || index === parts.length - 1) continue;
    throw new S3Error(
      "EntityTooSmall",
      "Your proposed upload is smaller than the minimum allowed size",
      {
        ProposedSize: part.size,
        MinSizeAllowed: MIN_PART_BYTES,
        PartNumber: part.number,
        ETag: part.etag,
      },
    );
  }
  const digest = createHash("md5");
  for (const { etag } of parts) digest.update(Buffer.from(etag, "hex"));
  const { key, headers, metadata, uploadId, algorithm } = upload;
  const object: StoredObject = {
    key,
    headers,
    metadata,
    uploadId,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag: `${digest.digest("hex")}-${parts.length}`,
    lastModified: seconds(now()),
    checksum:
      algorithm &&
      composite(
        algorithm,
        parts.map(({ checksum }) => checksum?.value ?? ""),
      ),
    blobs: parts.map(({ blob }) => blob),
  };
  blobs.retain(object.blobs);
  try {
    await objects.put(object, admit);
  } catch (error) {
    await blobs.release(object.blobs);
    throw error;
  }
  return object;
}

function match(upload: Upload, { number, etag, checksums }: Named): Part {
  const part = upload.parts.get(number);
  const given = part?.checksum && checksums[part.checksum.algorithm];
  if (part?.etag === etag && (given === undefined || given === part.checksum?.value)) return part;
  throw new S3Error(
    "InvalidPart",
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: upload.uploadId, PartNumber: number, ETag: etag },
  );
}

function parseParts(text: string): Named[] {
  const root = parseXml(text, "CompleteMultipartUpload") as
    | { Part?: Record<string, unknown>[] }
    | undefined;
  const parts = (root?.Part ?? []).map((part) => {
    const number = Number(part?.PartNumber);
    const etag = part?.ETag;
    if (!Number.isInteger(number) || number < 1 || typeof etag !== "string") throw malformed();
    const checksums = algorithms.map((algorithm) => [algorithm, part[checksumElement(algorithm)]]);
    return {
      number,
      etag: etag.replace(/^"(.*)"$/, "$1"),
      checksums: Object.fromEntries(checksums),
    };
  });
  if (parts.length === 0 || parts.length > 10_000) throw malformed();
  if (parts.some(({ number }, index) => number <= (parts[index - 1]?.number ?? 0))) {
    throw new S3Error(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  }
  return parts;
}

const malformed = () =>
  new S3Error(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

function result({ key, etag, checksum }: StoredObject, bucket: string, request: S3Request): Answer {
  const host = request.header("host") ?? "";
  return xml(
    document(
      "CompleteMultipartUploadResult",
      element("Location", `http://${host}${encodeURI(request.signable.path)}`),
      element("Bucket", bucket),
      element("Key", key),
      element("ETag", quoted(etag)),
      ...(checksum
        ? [
            element(checksumElement(checksum.algorithm), checksum.value),
            element("ChecksumType", "COMPOSITE"),
          ]
        : []),
    ),
  );
}
