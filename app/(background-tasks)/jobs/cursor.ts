import { z } from "zod";
import { HttpError } from "@/lib/http";
import type { Place } from "./rows";

// A cursor is where a page ended, opaque to its reader: base64url of the last job's time and id.

const place = z.tuple([
  z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/),
  z.uuid(),
]);

export const encodeCursor = ({ createdAt, id }: Place) =>
  Buffer.from(JSON.stringify([createdAt, id])).toString("base64url");

/** @throws HttpError 400 for what encodeCursor has not made */
export function decodeCursor(cursor: string): Place {
  try {
    const [createdAt, id] = place.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    if (Number.isNaN(Date.parse(createdAt))) throw new RangeError("no time");
    return { createdAt, id };
  } catch {
    const detail = 'The cursor is not one of ours. Take it from Link rel="next", or leave it out.';
    throw new HttpError(400, "invalid-cursor", detail);
  }
}
