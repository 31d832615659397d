import { eventResponse } from "@/lib/event-response";
import { noContent, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { parseLastEventId } from "@/lib/sse";
import { feedCompletion, isComplete } from "../../../../completion/feed";
import { findRow } from "../../../../completion/rows";
import { completionLimits } from "../../../../contract";
import { encodeRaw } from "../../../../encode-raw";

// Reads one's own completion, while it is made and afterwards, on any instance.
//   GET → 200 text/event-stream: the frames after Last-Event-ID (without it, all), up to [DONE].
//   204 → the reader has had [DONE]: EventSource stops for good.
// Fails with 400, 401, 404 (also for another user's), 429 (too many readers).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async GET(request, { params }) {
    const identity = await requireSession(request);
    const after = parseLastEventId(request.headers.get("last-event-id")) ?? 0;
    const row = await findRow((await params).id, identity.userId);
    if (!row) throw notFound("You have no completion of this id.");
    if (await isComplete(row.id, after)) return noContent();

    return eventResponse(request, {
      identity,
      kind: "completion",
      limit: completionLimits.readersPerUser,
      feed: (reader) => feedCompletion(reader, row.id, after, encodeRaw),
    });
  },
});
