import { readJson } from "@/lib/body";
import { noContent, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { memberRequest } from "../../../../../contract";
import { addMember } from "../../../../../rooms";

// The members of a private room.
//   POST { userId } → 204: that guest may now read and write here; adding twice changes nothing
// Fails with 400, 401, 404 (no such room for the caller, no such guest), 409 (public), 413, 415, 429.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ room: string }>({
  async POST(request, { params }) {
    const { userId: by } = await requireSession(request);
    const { userId } = await readJson(request, memberRequest);
    await addMember((await params).room, by, userId);
    return noContent();
  },
});
