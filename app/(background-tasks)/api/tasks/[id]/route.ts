import { json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { findTask } from "../../../tasks/rows";

// GET → 200: the state of one's own task; `lost` where its process has died.
// Fails with 401, 404 (also for another user's).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async GET(request, { params }) {
    const { userId } = await requireSession(request);
    const task = await findTask((await params).id, userId);
    if (!task) throw notFound("You have no task of this id.");
    return json(task);
  },
});
