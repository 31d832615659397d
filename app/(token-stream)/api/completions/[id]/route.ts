import { json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { findRow } from "../../../completion/rows";
import { stateOf } from "../../../state";

// GET → 200: the state of one's own completion: status, text so far, usage, timings.
// Fails with 401, 404 (also for another user's).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async GET(request, { params }) {
    const { userId } = await requireSession(request);
    const row = await findRow((await params).id, userId);
    if (!row) throw notFound("You have no completion of this id.");
    return json(await stateOf(row));
  },
});
