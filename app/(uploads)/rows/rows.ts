import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { notFound } from "@/lib/http";
import type { Upload, Way } from "../contract";
import { withQuota } from "./quota";

/** How long a pending upload is kept without a sign of life. */
const LEASE = {
  /** A process that receives bytes shows it every half minute: silence means that it is dead. */
  simple: "3 minutes",
  streaming: "3 minutes",
  /** A browser may be closed, and come back. */
  presigned: "1 hour",
  multipart: "1 hour",
} satisfies Record<Way, string>;

const rowSchema = z.object({
  id: z.string(),
  userId: z.string(),
  /** Null in rows of before it was stored. */
  address: z.string().nullable(),
  way: z.enum(["simple", "streaming", "presigned", "multipart"]),
  status: z.enum(["pending", "stored", "rejected", "deleting"]),
  key: z.string(),
  name: z.string(),
  type: z.string(),
  size: z.coerce.number(),
  sha256: z.string().nullable(),
  partSize: z.number().nullable(),
  storeId: z.string().nullable(),
  etag: z.string().nullable(),
  reason: z.string().nullable(),
  grantUntil: z.date().nullable(),
  createdAt: z.date(),
  storedAt: z.date().nullable(),
});
export type UploadRow = z.infer<typeof rowSchema>;

/** The columns by the names of `UploadRow`. */
export const COLUMNS = `id, user_id AS "userId", address, way, status, key, name, type, size, sha256,
  part_size AS "partSize", store_id AS "storeId", etag, reason, grant_until AS "grantUntil",
  created_at AS "createdAt", stored_at AS "storedAt"`;

export const toRow = (row: unknown): UploadRow => rowSchema.parse(row);

export interface NewUpload {
  id: string;
  userId: string;
  address: string;
  way: Way;
  name: string;
  type: string;
  /** Reserved of the quota. */
  size: number;
  sha256?: string;
  partSize?: number;
  grantSeconds?: number;
}

/** The key of an object: of the server's making, nothing of the client's is in it. */
export const keyOf = ({ userId, id }: { userId: string; id: string }) => `u/${userId}/${id}`;

/**
 * A pending upload, its bytes reserved.
 * @throws HttpError 507
 */
export function insertUpload(fresh: NewUpload): Promise<UploadRow> {
  return withQuota(fresh, fresh.size, async (client) => {
    const { rows } = await client.query(
      `INSERT INTO upload (id, user_id, address, way, key, name, type, size, sha256, part_size, due_at, grant_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11::interval,
               now() + $12::int * interval '1 second')
       RETURNING ${COLUMNS}`,
      [
        ...[fresh.id, fresh.userId, fresh.address, fresh.way, keyOf(fresh)],
        ...[fresh.name, fresh.type, fresh.size],
        ...[fresh.sha256, fresh.partSize, LEASE[fresh.way], fresh.grantSeconds],
      ],
    );
    return toRow(rows[0]);
  });
}

/**
 * A user's own upload.
 * @throws HttpError 404, for another's and for what is no id as well
 */
export async function requireUpload(id: string, userId: string): Promise<UploadRow> {
  const missing = notFound("You have no upload of this id.");
  if (!z.uuid().safeParse(id).success) throw missing;
  const { rows } = await pool().query(
    `SELECT ${COLUMNS} FROM upload WHERE id = $1 AND user_id = $2 AND status <> 'deleting'`,
    [id, userId],
  );
  if (!rows[0]) throw missing;
  return toRow(rows[0]);
}

/** Reserves more for an upload whose size was not known. @throws HttpError 507 */
export function reserveMore(row: UploadRow, bytes: number): Promise<void> {
  const { userId, address } = row;
  return withQuota({ userId, address: address ?? "unknown" }, bytes, async (client) => {
    await client.query("UPDATE upload SET size = size + $2 WHERE id = $1 AND status = 'pending'", [
      row.id,
      bytes,
    ]);
  });
}

/** Shows that an upload goes on. False where it was given up meanwhile. */
export async function keepAlive({ id, way }: UploadRow, storeId?: string): Promise<boolean> {
  const { rowCount } = await pool().query(
    `UPDATE upload SET due_at = now() + $2::interval, store_id = coalesce($3, store_id)
      WHERE id = $1 AND status = 'pending'`,
    [id, LEASE[way], storeId],
  );
  return rowCount === 1;
}

export interface Stored {
  size: number;
  type: string;
  etag: string;
  sha256: string | null;
}

/** Makes a pending upload a stored one. Undefined where it is not pending any more. */
export async function markStored(id: string, stored: Stored): Promise<UploadRow | undefined> {
  const { rows } = await pool().query(
    `UPDATE upload SET status = 'stored', size = $2, type = $3, etag = $4, sha256 = $5,
            stored_at = now(), due_at = NULL
      WHERE id = $1 AND status = 'pending' RETURNING ${COLUMNS}`,
    [id, stored.size, stored.type, stored.etag, stored.sha256],
  );
  return rows[0] && toRow(rows[0]);
}

/** Refuses a pending upload for good; the reason is kept for an hour, for whoever asks again. */
export async function markRejected(id: string, reason: string): Promise<void> {
  await pool().query(
    `UPDATE upload SET status = 'rejected', reason = $2, due_at = now() + interval '1 hour'
      WHERE id = $1 AND status = 'pending'`,
    [id, reason],
  );
}

export const toUpload = (row: UploadRow): Upload => ({
  id: row.id,
  way: row.way,
  status: row.status === "deleting" ? "rejected" : row.status,
  name: row.name,
  type: row.type,
  size: row.size,
  sha256: row.sha256,
  reason: row.reason,
  partSize: row.partSize,
  createdAt: row.createdAt.toISOString(),
  storedAt: row.storedAt?.toISOString() ?? null,
});
