import { env } from "@/lib/env";
import { eventResponse } from "@/lib/event-response";
import { route } from "@/lib/http";
import { feedFromLog } from "@/lib/log-feed";
import { readQuery } from "@/lib/query";
import { requireSession } from "@/lib/session/session";
import { parseLastEventId } from "@/lib/sse";
import { traffic } from "@/lib/traffic";
import { positionQuery } from "../../../contract";
import { streamOf, toFrame } from "../../../entries";
import { audience, labelOf } from "../../../live";

// Server-sent events: what comes after a position, as it comes.
//   GET ?after=&run= → 200 text/event-stream: a message for each entry, its position as the id;
//   `reset` where the position is pruned or beyond the end; `live` once everything old is sent; `end`
//   says why the server ended the stream. Last-Event-ID outranks `after`.
// Fails with 400 (naming what), 401, 429 (too many readers).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const identity = await requireSession(request);
    const { userId } = identity;
    const { after, run } = readQuery(request, positionQuery);
    const position = parseLastEventId(request.headers.get("last-event-id")) ?? after;
    if (run) traffic().label(request, labelOf(userId, run, "sse"));

    return eventResponse(request, {
      identity,
      kind: "realtime",
      limit: env().STREAMS_PER_USER,
      async feed(reader) {
        const leave = audience().enter(userId, "sse");
        const from = { stream: streamOf(userId), after: position, latest: 0, encode: toFrame };
        await feedFromLog(reader, from).finally(leave);
      },
    });
  },
});
