import { env } from "@/lib/env";
import { json, route } from "@/lib/http";
import { log } from "@/lib/log";
import { readQuery } from "@/lib/query";
import { requireSession } from "@/lib/session/session";
import { traffic } from "@/lib/traffic";
import { laneNames, type Stats, statsQuery } from "../../../contract";
import { streamOf, wallClock } from "../../../entries";
import { labelOf, sources } from "../../../live";

// What the server knows of a visitor's run.
//   GET ?run= → 200: the server's time (twice, for an NTP-style estimate of the clocks' offset), the
//   head of the stream, the source, and the bytes of each lane of that run on this instance.
// Fails with 400 (naming the parameter), 401.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const receivedAt = wallClock();
    const { userId } = await requireSession(request);
    const { run = "none" } = readQuery(request, statsQuery);
    const [bounds, { run: _, ...source }] = await Promise.all([
      log().read(streamOf(userId), Number.MAX_SAFE_INTEGER, 1),
      sources().state(userId),
    ]);
    const counted = laneNames.map((lane) => [lane, traffic().of(labelOf(userId, run, lane))]);
    const body: Stats = {
      receivedAt,
      instance: env().INSTANCE_NAME,
      head: bounds.head,
      source,
      lanes: Object.fromEntries(counted),
      sentAt: wallClock(),
    };
    return json(body);
  },
});
