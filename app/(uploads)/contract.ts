import { z } from "zod";
import { wholeNumber } from "@/lib/numbers";
import { slowestPace } from "@/lib/pace";

const MiB = 1024 * 1024;

/** What uploads allow. Whoever passes a limit is told which. */
export const uploadLimits = {
  /** Of a file sent the simple way: it is held in memory. */
  simpleBytes: 5 * MiB,
  /** Of a file that is streamed, and of one sent straight to the store in a single request. */
  streamingBytes: 5 * 1024 * MiB,
  presignedBytes: 5 * 1024 * MiB,
  multipartBytes: 50 * 1024 * MiB,
  /** Of a file's name, in UTF-8. */
  nameBytes: 255,
  /** How long a form or an address for a part may be used, in seconds. */
  grantSeconds: { min: 1, max: 900, usual: 300 },
  /** Part addresses signed at once. */
  partsPerBatch: 1_000,
  /** What comes with a file in a form: fields, and bytes of each. */
  fields: 20,
  fieldBytes: 4 * 1024,
  /** Of all that is in a form beside its file: fields, boundaries, heads, and what comes before and after. */
  besideFileBytes: 128 * 1024,
  /** Streaming uploads under way at once: of a user, from an address, of an instance. Beyond: 429, 429, 503. */
  streams: { perUser: 4, perAddress: 12, perInstance: 24 },
  /** The same for those that are held in memory, … */
  simple: { perUser: 4, perAddress: 24, perInstance: 100 },
  /** … and their bytes, all of an instance together. Beyond: 503. */
  simpleBytesPerInstance: 64 * MiB,
  /** The slowest that a file may come. A client that sends nothing for a whole window is gone. */
  pace: { ...slowestPace, graceMs: 60_000 },
  listed: { usual: 20, max: 100 },
  /** Of a cursor of the list, in characters. */
  cursorLength: 200,
} as const;

/** What the simple way accepts. The first group is known by its first bytes, the second by its text. */
export const binaryTypes = [
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "application/pdf",
  "application/zip",
  "audio/mpeg",
  "video/mp4",
] as const;
export const textTypes = ["text/plain", "text/csv", "application/json"] as const;

export const ways = ["simple", "streaming", "presigned", "multipart"] as const;
export type Way = (typeof ways)[number];

/** A file's name as the client gives it: cleaned, never used as a path. */
const givenName = z.string().min(1).max(10_000);
/** A media type without parameters (RFC 9110, 8.3.1). */
const mediaType = z
  .string()
  .max(100)
  .regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/, "is not a media type")
  .transform((type) => type.toLowerCase());
const sha256Base64 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, "is not the base64 of 32 bytes");
/** An empty file is a file. */
const sizeUpTo = (max: number) =>
  z.number().int().min(0).max(max, `A file sent this way has at most ${max} bytes.`);

/** One upload, as its owner sees it. */
export const upload = z.object({
  id: z.uuid(),
  way: z.enum(ways),
  status: z.enum(["pending", "stored", "rejected"]),
  name: z.string(),
  type: z.string(),
  /** Bytes: reserved while it is pending, exact once it is stored. */
  size: z.number().int().nonnegative(),
  /**
   * SHA-256 in base64: of the file, or, with `-N` behind it, of the digests of its N parts, as S3
   * forms it for multipart uploads. Null where nobody has computed it.
   */
  sha256: z.string().nullable(),
  /** Why it was rejected. */
  reason: z.string().nullable(),
  partSize: z.number().int().nullable(),
  createdAt: z.iso.datetime(),
  storedAt: z.iso.datetime().nullable(),
});
export type Upload = z.infer<typeof upload>;

/** `GET /api/uploads`: the newest first. */
export const listQuery = z.object({
  cursor: z.string().optional(),
  limit: wholeNumber(1, uploadLimits.listed.max).default(uploadLimits.listed.usual),
});
export const uploadList = z.object({
  items: z.array(upload),
  nextCursor: z.string().nullable(),
  /** Of the quota; pending uploads count. */
  quota: z.object({ usedBytes: z.number(), limitBytes: z.number() }),
});
export type UploadList = z.infer<typeof uploadList>;

/** `PUT /api/uploads/streaming`: the body is the file. */
export const streamQuery = z.object({ name: givenName.default("file") });

/** `POST /api/uploads/presigned`. */
export const presignedRequest = z.strictObject({
  name: givenName,
  type: mediaType,
  size: sizeUpTo(uploadLimits.presignedBytes),
  /** The store refuses other bytes; where it knows no checksums, `complete` does. */
  sha256: sha256Base64.optional(),
  /** A form for POST, or a PUT for stores that know no forms (R2). */
  method: z.enum(["POST", "PUT"]).default("POST"),
  expiresIn: z
    .number()
    .int()
    .min(uploadLimits.grantSeconds.min)
    .max(uploadLimits.grantSeconds.max)
    .default(uploadLimits.grantSeconds.usual),
});
export type PresignedRequest = z.input<typeof presignedRequest>;

/** 201: how to send the file, and until when. */
export const presigned = z.object({
  upload,
  expiresAt: z.iso.datetime(),
  send: z.discriminatedUnion("method", [
    /** multipart/form-data: these fields in this order, then `file`. */
    z.object({ method: z.literal("POST"), url: z.url(), fields: z.record(z.string(), z.string()) }),
    /** The bare file, with exactly these headers. */
    z.object({ method: z.literal("PUT"), url: z.url(), headers: z.record(z.string(), z.string()) }),
  ]),
});
export type Presigned = z.infer<typeof presigned>;

/** `POST /api/uploads/multipart`. */
export const multipartRequest = z.strictObject({
  name: givenName,
  type: mediaType,
  size: sizeUpTo(uploadLimits.multipartBytes),
});
export const multipart = z.object({ upload, partSize: z.number().int(), parts: z.number().int() });
export type Multipart = z.infer<typeof multipart>;

/** `POST /api/uploads/{id}/parts`: addresses to PUT these parts to. */
export const signRequest = z.strictObject({
  parts: z
    .array(z.strictObject({ number: z.number().int().min(1), sha256: sha256Base64.optional() }))
    .min(1)
    .max(uploadLimits.partsPerBatch),
});
export const signedParts = z.object({
  expiresAt: z.iso.datetime(),
  parts: z.array(
    z.object({
      number: z.number(),
      /** Of the file: from this byte, so many. */
      offset: z.number(),
      bytes: z.number(),
      url: z.url(),
      headers: z.record(z.string(), z.string()),
    }),
  ),
});
export type SignedParts = z.infer<typeof signedParts>;

/** `GET /api/uploads/{id}/parts`: what the store has. */
export const storedParts = z.object({
  partSize: z.number().int(),
  parts: z.array(
    z.object({ number: z.number(), bytes: z.number(), sha256: z.string().nullable() }),
  ),
});
export type StoredParts = z.infer<typeof storedParts>;

/** `GET /api/uploads/memory`: the process that answers. */
export const memory = z.object({
  instance: z.string(),
  at: z.number(),
  rss: z.number(),
  /** Buffers outside of the JavaScript heap. */
  external: z.number(),
  streams: z.number(),
});
export type Memory = z.infer<typeof memory>;
