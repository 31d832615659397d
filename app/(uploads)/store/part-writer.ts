import { crc32 } from "node:zlib";
import { UploadPartCommand } from "@aws-sdk/client-s3";
import { HttpError } from "@/lib/http";
import type { Gulp } from "@/lib/request-body";
import { ask, proof } from "./ask";
import { bucket, store } from "./client";
import { completeMultipart, createMultipart, type FinishedPart, isMd5 } from "./objects";

/**
 * Of every part but the last. S3 wants 5 MiB at least, and takes 10,000 parts; larger ones save
 * requests and cost memory: an upload holds `IN_FLIGHT + 1` of them.
 */
export const PART_BYTES = 8 * 1024 * 1024;
/** A store makes each part safe on its disk before it answers: the others are sent meanwhile. */
const IN_FLIGHT = 3;
/** Buffers kept for the next upload. */
const KEPT = 4;

const free: Buffer[] = [];
/** Of its own, not from Node's pool; untouched pages cost no memory, so a small file costs little. */
const takeBuffer = () => free.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES);
const giveBack = (buffer: Buffer) => {
  if (free.length < KEPT) free.push(buffer);
};

export interface PartWriterOptions {
  key: string;
  /** Sees each full part, and the rest, before it is sent: for digests. */
  onBytes(bytes: Buffer): void;
  /** The type of the object, from its first bytes. */
  typeOf(start: Buffer): Promise<string>;
  send?: typeof sendPart;
}

/**
 * Writes a stream of unknown length to the store as a multipart upload, in constant memory: one
 * part is filled while three others are sent. `write` waits where all are taken, which is the
 * backpressure on whoever writes.
 */
export function createPartWriter({ key, onBytes, typeOf, send = sendPart }: PartWriterOptions) {
  const abort = new AbortController();
  const sending = new Set<Promise<void>>();
  const parts: FinishedPart[] = [];
  let storeId: string | undefined;
  let type: string | undefined;
  let buffer: Buffer | undefined;
  let filled = 0;
  let total = 0;
  let failure: { error: unknown } | undefined;

  /** Hands the filled buffer over to the network, once there is room. */
  async function flush(): Promise<void> {
    const body = buffer ?? takeBuffer();
    const bytes = body.subarray(0, filled);
    buffer = undefined;
    filled = 0;
    onBytes(bytes);
    type ??= await typeOf(bytes);
    storeId ??= await createMultipart(key, type, "CRC32");
    const uploadId = storeId;
    while (sending.size >= IN_FLIGHT) await Promise.race(sending);
    if (failure) throw failure.error;
    const number = parts.length + 1;
    const part: FinishedPart = { PartNumber: number, ETag: "" };
    parts.push(part);
    const sent = send({ key, uploadId, number, bytes, signal: abort.signal })
      .then(
        (answer) => void Object.assign(part, answer),
        (error) => {
          failure ??= { error };
        },
      )
      .finally(() => {
        sending.delete(sent);
        // Aborted requests may still hold it: then it is left to the collector.
        if (!failure) giveBack(body);
      });
    sending.add(sent);
  }

  return {
    total: () => total,
    type: () => type,

    async write(gulp: Gulp): Promise<void> {
      if (failure) throw failure.error;
      for (const bytes of gulp)
        for (let offset = 0; offset < bytes.length; ) {
          buffer ??= takeBuffer();
          const piece = bytes.subarray(offset, offset + PART_BYTES - filled);
          buffer.set(piece, filled);
          filled += piece.length;
          offset += piece.length;
          total += piece.length;
          if (filled === PART_BYTES) await flush();
        }
    },

    /** Sends the rest and waits for all parts. The object is not made yet. */
    async end(): Promise<void> {
      // An empty file is one empty part: S3 completes no upload without parts.
      if (filled > 0 || parts.length === 0) await flush();
      await Promise.all(sending);
      if (failure) throw failure.error;
    },

    /** Makes the object. */
    async complete(): Promise<void> {
      if (storeId) await completeMultipart(key, storeId, parts);
    },

    /** Ends the requests under way. What they have left in the store is erased by its key. */
    async abort(): Promise<void> {
      failure ??= { error: new Error("aborted") };
      abort.abort();
      await Promise.all(sending);
      buffer = undefined;
    },
  };
}

export type PartWriter = ReturnType<typeof createPartWriter>;

interface Part {
  key: string;
  uploadId: string;
  number: number;
  bytes: Buffer;
  signal: AbortSignal;
}

/**
 * One part, with its CRC32, which the store verifies and tells again. A store that knows no checksums
 * passes over it: there the entity tag, the MD5 of what arrived, has to be that of what was sent.
 */
async function sendPart({ key, uploadId, number, bytes, signal }: Part) {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  const command = new UploadPartCommand({
    Bucket: bucket(),
    Key: key,
    UploadId: uploadId,
    PartNumber: number,
    Body: bytes,
    ContentLength: bytes.length,
    ChecksumCRC32: checksum.toString("base64"),
  });
  const expected = ["NoSuchUpload"];
  const sent = await ask((how) => store().send(command, how), { expected, bytes: true, signal });
  if (!sent) throw givenUp();
  const { ETag = "", ChecksumCRC32 } = sent;
  // Told again at completion only where it was kept: other stores refuse what they do not know there.
  if (ChecksumCRC32) return { ETag, ChecksumCRC32 };
  return { ETag: proof(isMd5(ETag, bytes) ? ETag : undefined) };
}

/** Somebody has deleted it, and its parts are gone. */
export const givenUp = () =>
  new HttpError(409, "given-up", "This upload was deleted while it was under way. Send it again.");
