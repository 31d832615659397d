import { env } from "@/lib/env";
import { eventResponse } from "@/lib/event-response";
import { noContent, notFound, route } from "@/lib/http";
import { feedFromLog } from "@/lib/log-feed";
import { readQuery } from "@/lib/query";
import { requireSession } from "@/lib/session/session";
import { parseLastEventId } from "@/lib/sse";
import { eventLimits, streamQuery } from "../../../contract";
import { streamOf, toFrame } from "../../../events";
import { isLoggedOut } from "../../../logged-out";

// The events of a user, as they happen. `me` is whoever asks.
//   GET → 200 text/event-stream: the events after Last-Event-ID (or ?after=, for programs; without
//   either the last 20), then `live`, then the new ones. A position that is not there any more is
//   answered by `reset`. `end` says why the server ended the stream.
//   204 → the reader comes back after a logout: EventSource stops for good.
// Fails with 400, 401, 404 (another user's, as if it were not there), 429 (10 streams a user).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ userId: string }>({
  async GET(request, { params }) {
    const lastEventId = request.headers.get("last-event-id");
    if (lastEventId && (await isLoggedOut(request))) return noContent();
    const identity = await requireSession(request);
    const { userId } = await params;
    if (userId !== "me" && userId !== identity.userId) throw notFound();
    // A reconnecting EventSource repeats its URL: what the header says is newer.
    const { after } = readQuery(request, streamQuery);
    const position = parseLastEventId(lastEventId) ?? after;

    return eventResponse(request, {
      identity,
      kind: "events",
      limit: env().STREAMS_PER_USER,
      feed: (reader) =>
        feedFromLog(reader, {
          stream: streamOf(identity.userId),
          after: position,
          latest: eventLimits.latest,
          encode: toFrame,
        }),
    });
  },
});
