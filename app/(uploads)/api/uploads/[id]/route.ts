import { json, noContent, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { removeUpload } from "../../../remove";
import { requireUpload, toUpload } from "../../../rows/rows";

// One's own upload.
//   GET    → 200, as it is now
//   DELETE → 204: its object, or the parts of it that were sent. This is also how an upload that is
//   under way is aborted.
// Fails with 401, 404 (also for another user's).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async GET(request, { params }) {
    const { userId } = await requireSession(request);
    return json(toUpload(await requireUpload((await params).id, userId)));
  },

  async DELETE(request, { params }) {
    const { userId } = await requireSession(request);
    await removeUpload(await requireUpload((await params).id, userId));
    return noContent();
  },
});
