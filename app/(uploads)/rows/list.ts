import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { HttpError } from "@/lib/http";
import { COLUMNS, toRow, type UploadRow } from "./rows";

/** The last row of a page: its time in microseconds, and its id for rows of the same instant. */
const position = z.tuple([z.string().regex(/^\d{1,18}$/), z.uuid()]);

const encode = (micros: string, id: string) =>
  Buffer.from(JSON.stringify([micros, id])).toString("base64url");

/** @throws HttpError 400 */
function decode(cursor: string) {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
  } catch {
    const detail = "This cursor was not given out here. Begin without one.";
    throw new HttpError(400, "invalid-cursor", detail);
  }
}

/**
 * One page of a user's uploads, the newest first: by keyset, so that a page costs the same however
 * far back it is, and nothing is skipped or shown twice when others are added or deleted.
 */
export async function listUploads(userId: string, limit: number, cursor?: string) {
  const [micros, id] = cursor === undefined ? [] : decode(cursor);
  const { rows } = await pool().query<{ micros: string } & UploadRow>(
    `SELECT ${COLUMNS}, (extract(epoch FROM created_at) * 1000000)::bigint AS micros FROM upload
      WHERE user_id = $1 AND status <> 'deleting'
        AND ($3::bigint IS NULL OR (created_at, id) <
            (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
      ORDER BY created_at DESC, id DESC LIMIT $2`,
    [userId, limit + 1, micros, id],
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { rows: page.map(toRow), nextCursor: last ? encode(last.micros, last.id) : null };
}
