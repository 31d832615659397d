import { eventResponse } from "@/lib/event-response";
import { noContent, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { parseLastEventId } from "@/lib/sse";
import { jobLimits } from "../../../../contract";
import { feedJob, isComplete } from "../../../../jobs/events";
import { findRow } from "../../../../jobs/rows";

// The history of one's own job, and what comes, on any instance.
//   GET → 200 text/event-stream: the events after Last-Event-ID (without it, all), up to its end.
//   204 → the reader has had the end: EventSource stops for good.
// Fails with 400, 401, 404 (also for another user's), 429 (too many streams).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ job: string }>({
  async GET(request, { params }) {
    const identity = await requireSession(request);
    const after = parseLastEventId(request.headers.get("last-event-id")) ?? 0;
    const job = await findRow((await params).job, identity.userId);
    if (!job) throw notFound("You have no job of this id.");
    if (await isComplete(job, after)) return noContent();

    return eventResponse(request, {
      identity,
      kind: "job",
      limit: jobLimits.readersPerUser,
      feed: (reader) => feedJob(reader, job.id, after),
    });
  },
});
