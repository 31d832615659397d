import { readJson } from "@/lib/body";
import { HttpError, json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import {
  type SignedParts,
  type StoredParts,
  signRequest,
  uploadLimits,
} from "../../../../contract";
import { keepAlive, requireUpload, type UploadRow } from "../../../../rows/rows";
import { grantParts } from "../../../../store/grants";
import { listParts } from "../../../../store/objects";
import { plannedPart } from "../../../../store/plan";

// The parts of a multipart upload.
//   GET  → 200: what the store has. Whoever resumes sends the rest.
//   POST { parts: [{ number, sha256? }] } → 200: an address for each, of its exact length, good for 15
//   minutes; at most 1,000 at once. With a digest the store refuses other bytes.
// Fails with 400, 401, 404, 409 (not under way), 413, 415, 503.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async GET(request, { params }) {
    const { userId } = await requireSession(request);
    const row = underWay(await requireUpload((await params).id, userId));
    const stored = await listParts(row.key, row.storeId);
    if (!stored) throw notUnderWay();
    const parts = stored.map(({ number, bytes, sha256 }) => ({ number, bytes, sha256 }));
    return json({ partSize: row.partSize, parts } satisfies StoredParts);
  },

  async POST(request, { params }) {
    const { userId } = await requireSession(request);
    const row = underWay(await requireUpload((await params).id, userId));
    const wanted = await readJson(request, signRequest, 256 * 1024);
    const parts = wanted.parts.map(({ number, sha256 }) => {
      const part = plannedPart(row.size, row.partSize, number);
      if (part) return { ...part, sha256 };
      throw new HttpError(400, "invalid-body", `This upload has no part ${number}.`);
    });
    if (!(await keepAlive(row))) throw notFound("You have no upload of this id.");

    const seconds = uploadLimits.grantSeconds.max;
    const expiresAt = new Date(Date.now() + seconds * 1_000).toISOString();
    return json({ expiresAt, parts: grantParts(row, parts, seconds) } satisfies SignedParts);
  },
});

function underWay(row: UploadRow) {
  const { storeId, partSize, status } = row;
  if (status !== "pending" || !storeId || !partSize) throw notUnderWay();
  return { ...row, storeId, partSize };
}

const notUnderWay = () =>
  new HttpError(409, "not-under-way", "This is no multipart upload that is under way.");
