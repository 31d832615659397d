import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { HttpError } from "@/lib/http";
import { logger } from "@/lib/logger";
import { contradicts, SNIFFED_BYTES } from "./file/type";
import { markRejected, markStored, requireUpload, type UploadRow } from "./rows/rows";
import { ask } from "./store/ask";
import {
  completeMultipart,
  erase,
  getObject,
  headObject,
  listParts,
  type StoredObject,
  uploadsOf,
} from "./store/objects";
import { missingParts, partCount } from "./store/plan";

/**
 * Ends an upload that went past us. What the client says counts for nothing: the store is asked.
 * However often and by however many it is called, the first one decides, and all are told the same.
 * @throws HttpError 409 (not there yet), 422 (not what was announced)
 */
export async function completeUpload(row: UploadRow): Promise<UploadRow> {
  if (row.status !== "pending") return settled(row);
  if (row.way === "simple" || row.way === "streaming")
    throw new HttpError(409, "under-way", "This upload ends with its own request.");
  if (row.storeId && row.partSize) await assemble(row, row.storeId, row.partSize);

  const object = await headObject(row.key);
  if (object) {
    const fault = await faultOf(row, object);
    if (fault) await reject(row, fault);
    // Where the store keeps no digest, that of the announcement has been verified here.
    else await markStored(row.id, { ...object, sha256: object.sha256 ?? row.sha256 });
  }
  return settled(await requireUpload(row.id, row.userId));
}

function settled(row: UploadRow): UploadRow {
  if (row.status === "stored") return row;
  if (row.status === "rejected")
    throw new HttpError(422, "rejected", `${row.reason} It was deleted.`);
  throw new HttpError(
    409,
    "not-sent",
    "The store has no such file yet. Send it, then say so again.",
  );
}

/** Makes the object of its parts, which are those that the store lists. */
async function assemble(row: UploadRow, storeId: string, partSize: number): Promise<void> {
  const stored = await listParts(row.key, storeId);
  // Completed by somebody else meanwhile: the object decides.
  if (!stored) return;
  const missing = missingParts(row.size, partSize, stored).map(({ number }) => number);
  if (missing.length > 0)
    throw new HttpError(409, "parts-missing", `${missing.length} parts are missing. Send them.`, {
      members: { missing: missing.slice(0, 1_000) },
    });
  const planned = stored.slice(0, partCount(row.size, partSize));
  const parts = planned.map(({ number, etag, sha256 }) => ({
    PartNumber: number,
    ETag: etag,
    ...(sha256 && { ChecksumSHA256: sha256 }),
  }));
  await completeMultipart(row.key, storeId, parts);
}

/** What is wrong with the object, as a sentence; undefined for nothing. */
async function faultOf(row: UploadRow, object: StoredObject): Promise<string | undefined> {
  if (object.size !== row.size)
    return `${row.size} bytes were announced, and ${object.size} are there.`;
  if (object.type !== row.type)
    return `The type ${row.type} was announced, and the store has ${object.type}.`;
  if (row.sha256 && (object.sha256 ?? (await digestOf(row.key, object))) !== row.sha256)
    return "It is not the file of this SHA-256.";
  if (object.encoding)
    return `No Content-Encoding was announced, and the store has it in ${object.encoding}.`;
  const start = object.size === 0 ? Buffer.of() : await startOf(row.key, object);
  const found = start && (await contradicts(start, row.type));
  return found ? `${row.type} was announced, and its bytes are ${found}.` : undefined;
}

/** The first bytes, of which there are some: an empty object has no range (RFC 9110, 14.1.2). */
async function startOf(key: string, object: StoredObject): Promise<Buffer | null> {
  const range = { first: 0, last: Math.min(object.size, SNIFFED_BYTES) - 1 };
  const start = await getObject(key, { etag: object.etag, range });
  return start && ask(() => buffer(start));
}

/** For stores that keep no SHA-256: the bytes are read once, in constant memory. */
async function digestOf(key: string, { etag }: StoredObject): Promise<string> {
  const bytes = await getObject(key, { etag });
  const hash = createHash("sha256");
  if (bytes) await ask(() => pipeline(bytes, hash));
  return hash.digest("base64");
}

async function reject(row: UploadRow, fault: string): Promise<void> {
  // It is for good: a page in the store's place has a size and a type as well, and proves nothing.
  await uploadsOf(row.key);
  await markRejected(row.id, fault);
  await erase(row.key).catch((err) =>
    logger().warn({ err, upload: row.id }, "a rejected object stays until it is swept"),
  );
}
