import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { env } from "@/lib/env";
import { storeEndpoint } from "@/lib/object-store";
import type { Presigned, SignedParts } from "../contract";
import type { UploadRow } from "../rows/rows";
import { bucket, credentials, store } from "./client";
import type { PlannedPart } from "./plan";
import { createPresigner } from "./presign";

/** Signs for our store, now. */
const signer = () =>
  createPresigner({
    endpoint: storeEndpoint(),
    region: env().S3_REGION,
    ...credentials(),
  });

type Grant = Presigned["send"];

/** A form whose policy admits this key, this type and this size, and no other. */
export async function grantPost(row: UploadRow, seconds: number): Promise<Grant> {
  const { url, fields } = await createPresignedPost(store(), {
    Bucket: bucket(),
    Key: row.key,
    Conditions: [
      ["content-length-range", row.size, row.size],
      ["eq", "$Content-Type", row.type],
    ],
    Fields: {
      "Content-Type": row.type,
      ...(row.sha256 && {
        "x-amz-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": row.sha256,
      }),
    },
    Expires: seconds,
  });
  return { method: "POST", url, fields };
}

/** The same for stores that know no forms: type and length are signed headers. */
export async function grantPut(row: UploadRow, seconds: number): Promise<Grant> {
  const headers: Record<string, string> = {
    "content-type": row.type,
    "content-length": String(row.size),
    ...(row.sha256 && { "x-amz-checksum-sha256": row.sha256 }),
  };
  const url = signer()({
    ...{ method: "PUT", bucket: bucket(), key: row.key, headers, expiresIn: seconds },
  });
  return { method: "PUT", url, headers };
}

/** Addresses for parts of a multipart upload, of their exact length, signed in one batch. */
export function grantParts(
  row: UploadRow & { storeId: string },
  parts: (PlannedPart & { sha256?: string })[],
  seconds: number,
): SignedParts["parts"] {
  const presign = signer();
  return parts.map(({ number, offset, bytes, sha256 }) => {
    const headers: Record<string, string> = {
      "content-length": String(bytes),
      ...(sha256 && { "x-amz-checksum-sha256": sha256 }),
    };
    const url = presign({
      ...{ method: "PUT", bucket: bucket(), key: row.key, headers, expiresIn: seconds },
      query: { partNumber: String(number), uploadId: row.storeId },
    });
    return { number, offset, bytes, url, headers };
  });
}
