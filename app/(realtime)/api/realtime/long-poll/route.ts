import { noContent, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { requireSession } from "@/lib/session/session";
import { sharedJson } from "@/lib/shared-answer";
import { traffic } from "@/lib/traffic";
import { longPollQuery } from "../../../contract";
import { streamOf, toPage } from "../../../entries";
import { audience, labelOf } from "../../../live";
import { firstBatch } from "./first-batch";

// Long polling: what comes after a position, as soon as there is something.
//   GET ?after=&timeout=&run= → 200 { entries, position } or { reset }; 204 when `timeout` seconds
//   brought nothing, or at once when this instance is ending or the session is logged out: ask again.
// Fails with 400 (naming the parameter), 401, 429 (too many readers).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const { userId, sessionId } = await requireSession(request);
    const { after, timeout, run } = readQuery(request, longPollQuery);
    const leave = audience().enter(userId, "long-poll");
    try {
      if (run) traffic().label(request, labelOf(userId, run, "long-poll"));
      const stream = streamOf(userId);
      const batch = await firstBatch(stream, after, timeout * 1_000, request.signal, sessionId);
      if (batch) return sharedJson(batch, toPage);
      return noContent();
    } finally {
      leave();
    }
  },
});
