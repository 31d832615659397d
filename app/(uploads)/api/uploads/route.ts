import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { requireSession } from "@/lib/session/session";
import { listQuery, type UploadList } from "../../contract";
import { sweepNowAndThen } from "../../remove";
import { listUploads } from "../../rows/list";
import { quotaOf } from "../../rows/quota";
import { toUpload } from "../../rows/rows";

// One's own uploads, the newest first.
//   GET ?limit= ?cursor= → 200: a page, the cursor of the next one or null, and what is used of the quota.
// Fails with 400, 401.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const { userId } = await requireSession(request);
    const { limit, cursor } = readQuery(request, listQuery);
    sweepNowAndThen();
    const [{ rows, nextCursor }, quota] = await Promise.all([
      listUploads(userId, limit, cursor),
      quotaOf(userId),
    ]);
    return json({ items: rows.map(toUpload), nextCursor, quota } satisfies UploadList);
  },
});
