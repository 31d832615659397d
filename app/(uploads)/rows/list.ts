import { z } from "zod";
import { createCursors } from "@/lib/cursor";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { remember } from "@/lib/remember";
import { uploadLimits } from "../contract";
import { COLUMNS, toRow, type UploadRow } from "./rows";

/** The last row of a page: its time in microseconds, and its id for rows of the same instant. */
const position = z.tuple([z.string().regex(/^\d{1,18}$/), z.uuid()]);

/** Signed, and bound to the user whose list it is: every instance reads what another one has signed. */
const cursors = () =>
  remember("upload-cursors", () =>
    createCursors({
      ...{ name: "uploads", secret: env().SESSION_SECRET, version: 1, position },
      ...{ maxLength: uploadLimits.cursorLength, source: "nextCursor" },
      boundTo: "another user's list",
    }),
  );

/**
 * One page of a user's uploads, the newest first: by keyset, so that a page costs the same however
 * far back it is, and nothing is skipped or shown twice when others are added or deleted.
 * @throws HttpError 400 for a cursor that is not one of this user's list
 */
export async function listUploads(userId: string, limit: number, cursor?: string) {
  const [micros, id] = cursor === undefined ? [] : cursors().decode(cursor, [userId]);
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
  const nextCursor = last ? cursors().encode([last.micros, last.id], [userId]) : null;
  return { rows: page.map(toRow), nextCursor };
}
