import { createHash } from "node:crypto";
import { readText } from "./body.ts";
import { composite } from "./checksums.ts";
import { claimOf } from "./claim.ts";
import { admission } from "./conditions.ts";
import { checksumElement, checksumType } from "./description.ts";
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
  /** By the name of its element. */
  checksums: [element: string, value: unknown][];
}

/**
 * POST /bucket/key?uploadId. In: the parts, each with its ETag, in ascending order; If-None-Match: *; the checksum, its
 * type and the size of the whole object (claim.ts). Out: 200 with the object's ETag, the MD5 of the parts' MD5s. Failures:
 * InvalidPart, InvalidPartOrder, EntityTooSmall, MalformedXML, BadDigest, InvalidRequest; the upload stays open. The object has the parts' blobs: no byte is copied. What has been completed is answered alike again.
 */
export async function completeUpload(request: S3Request, store: Store): Promise<Answer> {
  const { objects, uploads } = store;
  const { key } = request;
  const uploadId = request.query("uploadId") ?? "";
  const admit = admission(request);
  const check = claimOf(request);
  const named = parseParts(await readText(request, MAX_BODY_BYTES, []));
  const done = () => {
    const object = objects.get(key);
    return object?.uploadId === uploadId && uploadId ? object : undefined;
  };
  const object =
    done() ??
    (await uploads
      .end(uploadId, key, (upload) => assemble(upload, named, store, { admit, check }))
      .catch((error) => {
        const other = done();
        if (other) return other;
        throw error;
      }));
  check(object);
  return result(object, store.bucket, request);
}

async function assemble(
  upload: Upload,
  named: readonly Named[],
  { objects, blobs, now }: Store,
  { admit, check }: { admit: (before?: StoredObject) => void; check: (now: StoredObject) => void },
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
    parts: parts.map(({ number, size, checksum }) => ({ number, size, checksum })),
  };
  check(object);
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
  const { algorithm } = upload;
  if (part && algorithm && !checksums.some(([name]) => name === checksumElement(algorithm))) {
    throw new S3Error(
      "InvalidRequest",
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
    );
  }
  const { checksum } = part ?? {};
  const isRight = ([name, value]: [string, unknown]) =>
    checksum !== undefined &&
    name === checksumElement(checksum.algorithm) &&
    value === checksum.value;
  if (part?.etag === etag && checksums.every(isRight)) return part;
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
    return {
      number,
      etag: etag.replace(/^"(.*)"$/, "$1"),
      checksums: Object.entries(part).filter(([name]) => name.startsWith("Checksum")),
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
            element("ChecksumType", checksumType(checksum)),
          ]
        : []),
    ),
  );
}
