import { eventResponse } from "@/lib/event-response";
import { route } from "@/lib/http";
import { feedFromLog } from "@/lib/log-feed";
import { requireSession } from "@/lib/session/session";
import { parseLastEventId } from "@/lib/sse";
import { jobLimits } from "../../../contract";
import { toFrame } from "../../../jobs/events";
import { userStreamOf } from "../../../jobs/transact";

// What happens to all of one's jobs, as it happens.
//   GET → 200 text/event-stream: the events after Last-Event-ID (without it, none), then `live`, then
//   the new ones.
// Fails with 400, 401, 429 (too many streams).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const identity = await requireSession(request);
    return eventResponse(request, {
      identity,
      kind: "jobs",
      limit: jobLimits.readersPerUser,
      feed: (reader) =>
        feedFromLog(reader, {
          stream: userStreamOf(identity.userId),
          after: parseLastEventId(request.headers.get("last-event-id")),
          latest: 0,
          encode: toFrame,
        }),
    });
  },
});
