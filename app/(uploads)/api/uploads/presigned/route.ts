import { randomUUID } from "node:crypto";
import { readJson } from "@/lib/body";
import { json, route } from "@/lib/http";
import { addressDigest } from "@/lib/rate-limit/caller";
import { requireSession } from "@/lib/session/session";
import { type Presigned, presignedRequest } from "../../../contract";
import { cleanName } from "../../../file/name";
import { sweepNowAndThen } from "../../../remove";
import { insertUpload, toUpload } from "../../../rows/rows";
import { grantPost, grantPut } from "../../../store/grants";

// Lets the browser send a file straight to the store: no byte of it passes through here.
//   POST { name, type, size, sha256?, method?, expiresIn? } → 201: a form for exactly one object of
//   exactly this key, size and type, or a PUT with signed headers; both expire within 15 minutes.
//   Then POST /api/uploads/{id}/complete.
// Fails with 400, 401, 413, 415, 507 (quota: what is pending counts).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { userId } = await requireSession(request);
    const { method, expiresIn, ...wanted } = await readJson(request, presignedRequest);

    sweepNowAndThen();
    const row = await insertUpload({
      ...wanted,
      id: randomUUID(),
      userId,
      address: addressDigest(request),
      way: "presigned",
      name: cleanName(wanted.name),
      grantSeconds: expiresIn,
    });
    const send = await (method === "POST" ? grantPost : grantPut)(row, expiresIn);
    const expiresAt = new Date(Date.now() + expiresIn * 1_000).toISOString();
    const body: Presigned = { upload: toUpload(row), expiresAt, send };
    return json(body, { status: 201, headers: { location: `/api/uploads/${row.id}` } });
  },
});
