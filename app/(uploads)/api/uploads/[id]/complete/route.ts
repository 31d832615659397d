import { json, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { completeUpload } from "../../../../complete";
import { requireUpload, toUpload } from "../../../../rows/rows";

// Says that a file was sent to the store. The store is asked whether that is so.
//   POST → 200: the upload, stored. Repeating it is the same answer.
// Fails with 401, 404, 409 (nothing there yet, or parts are missing: which, is in `missing`), 422 (not
// the file that was announced: it is deleted), 503 (the store is away), 507 (it is
// full).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async POST(request, { params }) {
    const { userId } = await requireSession(request);
    const row = await requireUpload((await params).id, userId);
    return json(toUpload(await completeUpload(row)));
  },
});
