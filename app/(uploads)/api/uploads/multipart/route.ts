import { randomUUID } from "node:crypto";
import { readJson } from "@/lib/body";
import { json, route } from "@/lib/http";
import { addressDigest } from "@/lib/rate-limit/caller";
import { requireSession } from "@/lib/session/session";
import { type Multipart, multipartRequest } from "../../../contract";
import { cleanName } from "../../../file/name";
import { removeUpload, sweepNowAndThen } from "../../../remove";
import { insertUpload, keepAlive, toUpload } from "../../../rows/rows";
import { createMultipart } from "../../../store/objects";
import { partCount, partSizeFor } from "../../../store/plan";

// Begins an upload in parts, which the browser sends straight to the store: several at a time, each
// again where it failed, and the rest another day.
//   POST { name, type, size } → 201: the size of the parts and their number. Then
//   POST /api/uploads/{id}/parts for addresses, GET the same for what the store has, and
//   POST /api/uploads/{id}/complete; DELETE /api/uploads/{id} aborts.
// Fails with 400, 401, 413, 415, 503 (the store is away), 507 (quota; the store is full).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { userId } = await requireSession(request);
    const { name, type, size } = await readJson(request, multipartRequest);

    sweepNowAndThen();
    const partSize = partSizeFor(size);
    const row = await insertUpload({
      ...{
        id: randomUUID(),
        userId,
        address: addressDigest(request),
        way: "multipart",
        name: cleanName(name),
        type,
        size,
        partSize,
      },
    });
    try {
      await keepAlive(row, await createMultipart(row.key, type, "SHA256"));
    } catch (error) {
      await removeUpload(row);
      throw error;
    }
    const body: Multipart = { upload: toUpload(row), partSize, parts: partCount(size, partSize) };
    return json(body, { status: 201, headers: { location: `/api/uploads/${row.id}` } });
  },
});
