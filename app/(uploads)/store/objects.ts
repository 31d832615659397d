import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { HttpError } from "@/lib/http";
import { logger } from "@/lib/logger";
import type { ByteRange } from "../file/range";
import { bucket, store, storeUnavailable } from "./client";

/** An object as the store describes it. */
export interface StoredObject {
  size: number;
  type: string;
  etag: string;
  /** Base64; of a multipart object the digest of its parts' digests, with `-N` behind it. */
  sha256: string | null;
}

export interface StoredPart {
  number: number;
  bytes: number;
  etag: string;
  sha256: string | null;
}

/** Stores an object of which all bytes are there; the store verifies the digest. */
export async function putObject(
  key: string,
  bytes: Uint8Array,
  { type, sha256 }: { type: string; sha256: string },
): Promise<string> {
  const { ETag } = await ask(() =>
    store().send(
      new PutObjectCommand({
        Bucket: bucket(),
        Key: key,
        Body: bytes,
        ContentType: type,
        ChecksumSHA256: sha256,
      }),
    ),
  );
  return ETag ?? "";
}

/** What is stored under a key; null for nothing. */
export async function headObject(key: string): Promise<StoredObject | null> {
  const command = new HeadObjectCommand({ Bucket: bucket(), Key: key, ChecksumMode: "ENABLED" });
  const found = await ask(() => store().send(command), ["NotFound", "NoSuchKey"]);
  if (!found) return null;
  return {
    size: found.ContentLength ?? 0,
    type: found.ContentType ?? "",
    etag: found.ETag ?? "",
    sha256: found.ChecksumSHA256 ?? null,
  };
}

/**
 * The bytes of an object, or of a part of it, as they come. Only of the one with this entity tag:
 * what was put in its place since is another object. Null for none.
 */
export async function getObject(
  key: string,
  { etag, range, signal }: { etag: string; range?: ByteRange; signal?: AbortSignal },
): Promise<Readable | null> {
  const command = new GetObjectCommand({
    Bucket: bucket(),
    Key: key,
    IfMatch: etag,
    ...(range && { Range: `bytes=${range.first}-${range.last}` }),
  });
  const found = await ask(
    () => store().send(command, { abortSignal: signal }),
    ["NoSuchKey", "PreconditionFailed"],
  );
  return (found?.Body as Readable | undefined) ?? null;
}

/** Begins a multipart upload whose parts carry digests of this kind. */
export async function createMultipart(
  key: string,
  type: string,
  algorithm: "CRC32" | "SHA256",
): Promise<string> {
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket(),
    Key: key,
    ContentType: type,
    ChecksumAlgorithm: algorithm,
  });
  const { UploadId } = await ask(() => store().send(command));
  if (!UploadId) throw storeUnavailable();
  return UploadId;
}

/** The parts that the store has, in their order; null where it knows no such upload (any more). */
export async function listParts(key: string, storeId: string): Promise<StoredPart[] | null> {
  return ask(async () => {
    const parts: StoredPart[] = [];
    let marker: string | undefined;
    // Not by the SDK's paginator: it goes on while there is a marker, and some stores (Swift) send one
    // with the last page as well, which leads back to the first.
    for (let more = true; more; ) {
      const command = new ListPartsCommand({
        ...{ Bucket: bucket(), Key: key, UploadId: storeId, PartNumberMarker: marker },
      });
      const page = await store().send(command);
      for (const { PartNumber = 0, Size = 0, ETag = "", ChecksumSHA256 } of page.Parts ?? [])
        parts.push({ number: PartNumber, bytes: Size, etag: ETag, sha256: ChecksumSHA256 ?? null });
      marker = page.NextPartNumberMarker;
      more = page.IsTruncated === true && marker !== undefined;
    }
    return parts;
  }, ["NoSuchUpload"]);
}

export interface FinishedPart {
  PartNumber: number;
  ETag: string;
  ChecksumCRC32?: string;
  ChecksumSHA256?: string;
}

/** Makes the object of its parts. False where the upload is gone: completed already, or aborted. */
export async function completeMultipart(
  key: string,
  storeId: string,
  parts: FinishedPart[],
): Promise<boolean> {
  const command = new CompleteMultipartUploadCommand({
    Bucket: bucket(),
    Key: key,
    UploadId: storeId,
    MultipartUpload: { Parts: parts },
  });
  return (await ask(() => store().send(command), ["NoSuchUpload"])) !== null;
}

/**
 * Leaves nothing under a key: no object, and no part of an upload that was not completed. The
 * uploads are found by their key, so that one whose id was never written down is found as well.
 */
export async function erase(key: string): Promise<void> {
  const { Uploads = [] } = await ask(() =>
    store().send(new ListMultipartUploadsCommand({ Bucket: bucket(), Prefix: key })),
  );
  for (const { Key, UploadId } of Uploads) {
    if (Key !== key) continue;
    const command = new AbortMultipartUploadCommand({ Bucket: bucket(), Key, UploadId });
    await ask(() => store().send(command), ["NoSuchUpload"]);
  }
  await ask(() => store().send(new DeleteObjectCommand({ Bucket: bucket(), Key: key })));
}

/** Asks the store: an expected refusal is null, whatever else fails is 503, its cause in the log. */
async function ask<T>(work: () => Promise<T>): Promise<T>;
async function ask<T>(work: () => Promise<T>, expected: string[]): Promise<T | null>;
async function ask<T>(work: () => Promise<T>, expected: string[] = []): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HttpError) throw error;
    if (error instanceof S3ServiceException && expected.includes(error.name)) return null;
    if ((error as Error).name !== "AbortError")
      logger().error({ err: error }, "the object store refused, or is away");
    throw storeUnavailable();
  }
}
