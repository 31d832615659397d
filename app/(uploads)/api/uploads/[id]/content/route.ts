import { Readable } from "node:stream";
import { create as contentDisposition } from "content-disposition";
import { matchesETag } from "@/lib/etag";
import { HttpError, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { parseRange, rangeStillHolds } from "../../../../file/range";
import { servedType } from "../../../../file/type";
import { requireUpload, type UploadRow } from "../../../../rows/rows";
import { getObject } from "../../../../store/objects";

// The bytes of one's own upload, from the store through here, as they come.
//   GET, HEAD → 200, or 206 for one Range (If-Range holds it to an entity tag), 304 for If-None-Match.
//   Always an attachment, never sniffed, in a sandbox: no script in it ever runs on this origin.
// Fails with 401, 404, 409 (not stored yet), 410 (the object is another one now), 416, 503.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  GET: async (request, { params }) => answer(request, (await params).id),
  HEAD: async (request, { params }) => answer(request, (await params).id),
});

async function answer(request: Request, id: string): Promise<Response> {
  const { userId } = await requireSession(request);
  const row = await requireUpload(id, userId);
  if (row.status !== "stored" || !row.etag)
    throw new HttpError(409, "not-stored", "This upload is not stored, so it has no content.");
  const { key, size, etag } = row;
  const headers = headersOf(row, etag);
  if (matchesETag(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers });

  const holds = rangeStillHolds(request.headers.get("if-range"), etag);
  const range = holds ? parseRange(request.headers.get("range"), size) : undefined;
  if (range === "unsatisfiable")
    throw new HttpError(416, "range-not-satisfiable", `The file has ${size} bytes.`, {
      headers: { "content-range": `bytes */${size}`, "accept-ranges": "bytes" },
    });
  // Next drops Content-Length from a Response: server/content-length.ts puts it back.
  headers.set("x-content-length", String(range ? range.last - range.first + 1 : size));
  if (range) headers.set("content-range", `bytes ${range.first}-${range.last}/${size}`);
  const status = range ? 206 : 200;
  if (request.method === "HEAD") return new Response(null, { status, headers });

  const object = await getObject(key, { etag, range, signal: request.signal });
  if (!object)
    throw new HttpError(410, "gone", "The store has another object now, or none. Upload it again.");
  return new Response(Readable.toWeb(object) as ReadableStream, { status, headers });
}

function headersOf({ name, type, sha256 }: UploadRow, etag: string): Headers {
  const headers = new Headers({
    "content-type": servedType(type),
    "content-disposition": contentDisposition(name, { type: "attachment" }),
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, no-cache, no-transform",
    "accept-ranges": "bytes",
    etag,
  });
  if (sha256 && !sha256.includes("-")) headers.set("repr-digest", `sha-256=:${sha256}:`);
  return headers;
}
