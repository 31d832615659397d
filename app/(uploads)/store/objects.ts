import { createHash } from "node:crypto";
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
} from "@aws-sdk/client-s3";
import type { ByteRange } from "../file/range";
import { ask, proof, type Sending } from "./ask";
import { bucket, store } from "./client";

/** An object as the store describes it. */
export interface StoredObject {
  size: number;
  type: string;
  /** Content-Encoding, where the object was stored with one. */
  encoding: string | null;
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
  const command = new PutObjectCommand({
    Bucket: bucket(),
    Key: key,
    Body: bytes,
    ContentType: type,
    ChecksumSHA256: sha256,
  });
  const { ETag, ChecksumSHA256 } = await ask((how) => store().send(command, how), { bytes: true });
  return proof(ChecksumSHA256 === sha256 || isMd5(ETag, bytes) ? ETag : undefined);
}

/** What a store that keeps no checksums tells of the bytes that it has. */
export const isMd5 = (etag: string | undefined, bytes: Uint8Array) =>
  etag?.replaceAll('"', "") === createHash("md5").update(bytes).digest("hex");

/** "aws-chunked" is of a transfer, and some stores keep it; "identity" is none. */
const codingOf = (encoding = "") =>
  encoding
    .split(",")
    .map((coding) => coding.trim())
    .find((coding) => !/^(|identity|aws-chunked)$/i.test(coding)) ?? null;

/** What is stored under a key; null for nothing. */
export async function headObject(key: string): Promise<StoredObject | null> {
  const command = new HeadObjectCommand({ Bucket: bucket(), Key: key, ChecksumMode: "ENABLED" });
  const expected = ["NotFound", "NoSuchKey"];
  const found = await ask((how) => store().send(command, how), { expected });
  if (!found) return null;
  return {
    size: found.ContentLength ?? 0,
    type: found.ContentType ?? "",
    encoding: codingOf(found.ContentEncoding),
    etag: proof(found.ETag),
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
  const expected = ["NoSuchKey", "PreconditionFailed"];
  const found = await ask((how) => store().send(command, how), { expected, signal });
  if (!found) return null;
  const body = found.Body as Readable;
  const isOurs = found.ETag === etag && (!range || found.ContentRange !== undefined);
  if (!isOurs) body.destroy();
  return proof(isOurs ? body : undefined);
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
  const { UploadId } = await ask((how) => store().send(command, how));
  return proof(UploadId);
}

/** The parts that the store has, in their order; null where it knows no such upload (any more). */
export async function listParts(key: string, storeId: string): Promise<StoredPart[] | null> {
  const list = async (how: Sending) => {
    const parts: StoredPart[] = [];
    let marker: string | undefined;
    // Not by the SDK's paginator: it goes on while there is a marker, and some stores (Swift) send one
    // with the last page as well, which leads back to the first.
    for (let more = true; more; ) {
      const command = new ListPartsCommand({
        ...{ Bucket: bucket(), Key: key, UploadId: storeId, PartNumberMarker: marker },
      });
      const page = await store().send(command, how);
      proof(page.UploadId);
      for (const { PartNumber = 0, Size = 0, ETag = "", ChecksumSHA256 } of page.Parts ?? [])
        parts.push({ number: PartNumber, bytes: Size, etag: ETag, sha256: ChecksumSHA256 ?? null });
      marker = page.NextPartNumberMarker;
      more = page.IsTruncated === true && marker !== undefined;
    }
    return parts;
  };
  return ask(list, { expected: ["NoSuchUpload"] });
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
  const expected = ["NoSuchUpload"];
  const made = await ask((how) => store().send(command, how), { expected, bytes: true });
  if (!made) return false;
  proof(made.ETag);
  return true;
}

/**
 * Leaves nothing under a key: no object, and no part of an upload that was not completed. The
 * uploads are found by their key, so that one whose id was never written down is found as well.
 */
export async function erase(key: string): Promise<void> {
  for (const UploadId of await uploadsOf(key)) {
    const abort = new AbortMultipartUploadCommand({ Bucket: bucket(), Key: key, UploadId });
    const expected = ["NoSuchUpload"];
    const aborted = await ask((how) => store().send(abort, how), { expected });
    if (aborted) assertNoContent(aborted);
  }
  const command = new DeleteObjectCommand({ Bucket: bucket(), Key: key });
  assertNoContent(await ask((how) => store().send(command, how)));
}

/**
 * The uploads under a key that are open. Only a store has such a list: what it tells beside it, such as
 * that there is no object, may be believed then.
 */
export async function uploadsOf(key: string): Promise<string[]> {
  const command = new ListMultipartUploadsCommand({ Bucket: bucket(), Prefix: key });
  const { Bucket, Uploads = [] } = await ask((how) => store().send(command, how));
  proof(Bucket);
  return Uploads.flatMap(({ Key, UploadId }) => (Key === key && UploadId ? [UploadId] : []));
}

/** What S3 answers to a deletion; a page of somebody else's comes with 200. */
const assertNoContent = ({ $metadata }: { $metadata: { httpStatusCode?: number } }) =>
  void proof($metadata.httpStatusCode === 204 || undefined);
