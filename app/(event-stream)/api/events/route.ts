import { readJson } from "@/lib/body";
import { json, route } from "@/lib/http";
import { idempotencyKey } from "@/lib/idempotency-key";
import { countForAddress } from "@/lib/rate-limit/guard";
import { requireSession } from "@/lib/session/session";
import { eventLimits, type Published, publishRequest } from "../../contract";
import { publish } from "../../events";
import { assertPayload } from "../../payload";

// Publishes an event to one's own stream.
//   POST { type, payload } → 201 after the commit: its id in the stream, type and time. Location is
//   the stream from that event on. With Idempotency-Key a repetition gets the same answer, and
//   `Idempotent-Replayed: true`.
// Fails with 400, 401, 413 (payload over 16 KiB), 415, 422 (the key belongs to another request),
// 429 (too many from one address).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { userId } = await requireSession(request);
    const key = idempotencyKey(request.headers);
    const event = await readJson(request, publishRequest);
    assertPayload(event.payload);
    await countForAddress(request, eventLimits.published);

    const { seq, at, fresh } = await publish(userId, event, key);
    const body: Published = { id: seq, type: event.type, at: at.toISOString() };
    const headers = new Headers({ location: `/api/events/me?after=${seq - 1}` });
    if (!fresh) headers.set("idempotent-replayed", "true");
    return json(body, { status: 201, headers });
  },
});
