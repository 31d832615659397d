import { openBody } from "./body.ts";
import { headerOf, requireAlgorithm } from "./checksums.ts";
import { descriptionOf } from "./description.ts";
import { notImplemented, S3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import { type Answer, quoted, type Store, seconds, xml } from "./store.ts";
import { document, element } from "./xml.ts";

const MAX_PARTS = 10_000;

/** POST /bucket/key?uploads. In: what PUT says about the object, x-amz-checksum-algorithm. Out: the upload's id. */
export async function createUpload(
  request: S3Request,
  { bucket, uploads, now }: Store,
): Promise<Answer> {
  const { key } = request;
  const name = request.header("x-amz-checksum-algorithm");
  const algorithm = name === undefined ? undefined : requireAlgorithm(name);
  const type = request.header("x-amz-checksum-type");
  if (type && !algorithm) {
    throw new S3Error(
      "InvalidRequest",
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  if (type && type !== "COMPOSITE")
    throw notImplemented(`The checksum type ${type} of an upload in parts`);
  const upload = await uploads.begin({
    ...descriptionOf(request),
    key,
    initiated: seconds(now()),
    algorithm,
  });
  return xml(
    document(
      "InitiateMultipartUploadResult",
      element("Bucket", bucket),
      element("Key", key),
      element("UploadId", upload.uploadId),
    ),
    algorithm ? { "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": "COMPOSITE" } : {},
  );
}

/** PUT /bucket/key?partNumber&uploadId. In: the bytes, as PUT. Out: 200 with the part's ETag. A part may be sent again. */
export async function uploadPart(
  request: S3Request,
  { blobs, uploads, now }: Store,
): Promise<Answer> {
  const upload = uploads.require(request.query("uploadId") ?? "", request.key);
  const number = partNumber(request);
  if (request.header("x-amz-copy-source")) throw notImplemented("UploadPartCopy");
  const body = openBody(request);
  const blob = await blobs.write(body.chunks);
  try {
    const { md5, checksum } = body.received();
    if (upload.algorithm && checksum?.algorithm !== upload.algorithm) {
      throw new S3Error(
        "InvalidRequest",
        `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${checksum?.algorithm.toLowerCase() ?? "null"}`,
      );
    }
    const lastModified = seconds(now());
    await uploads.putPart(upload, {
      number,
      size: blob.size,
      etag: md5,
      lastModified,
      checksum,
      blob,
    });
    return {
      status: 200,
      headers: {
        etag: quoted(md5),
        ...(checksum ? { [headerOf(checksum.algorithm)]: checksum.value } : {}),
      },
    };
  } catch (error) {
    await blobs.release([blob]);
    throw error;
  }
}

/** DELETE /bucket/key?uploadId. Out: 204; the parts are gone. */
export async function abortUpload(request: S3Request, { uploads }: Store): Promise<Answer> {
  await uploads.end(request.query("uploadId") ?? "", request.key, async () => undefined);
  return { status: 204 };
}

function partNumber(request: S3Request): number {
  const text = request.query("partNumber") ?? "";
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MAX_PARTS) return number;
  throw new S3Error(
    "InvalidArgument",
    `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
    {
      ArgumentName: "partNumber",
      ArgumentValue: text,
    },
  );
}
