import { createHash } from "node:crypto";
import { z } from "zod";
import { HttpError } from "@/lib/http";
import { log } from "@/lib/log";
import type { LogEntry } from "@/lib/log/types";
import { logger } from "@/lib/logger";
import { encodeEvent } from "@/lib/sse";
import { eventLimits, type PublishRequest } from "./contract";

/** What the log keeps of an event. The rest is the entry's own: seq, type, at. */
const stored = z.object({
  payload: z.unknown(),
  /** Of the request, where it had a key: to tell a repetition from another request. */
  fingerprint: z.string().optional(),
});

/** The log stream of a user's events. */
export const streamOf = (userId: string) => `events:${userId}`;

/** A stored event, as it goes over the wire. */
export function toFrame({ seq, type, data, at }: LogEntry): string {
  const { payload } = stored.parse(data);
  return encodeEvent({
    id: seq,
    event: type,
    data: JSON.stringify({ at: at.toISOString(), payload }),
  });
}

/**
 * Stores an event; resolves after its commit. With a key, a repetition finds the first one: `fresh`
 * is then false.
 * @throws HttpError 422 where the key was used for another request
 */
export async function publish(userId: string, { type, payload }: PublishRequest, key?: string) {
  const stream = streamOf(userId);
  if (key === undefined) {
    const appended = await log().append(stream, type, { payload });
    retain(stream, appended.seq);
    return appended;
  }
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([type, payload]))
    .digest("base64");
  const appended = await log().append(stream, type, { payload, fingerprint }, key);
  if (appended.fresh) retain(stream, appended.seq);
  else if ((await fingerprintAt(stream, appended.seq)) !== fingerprint) throw keyReused();
  return appended;
}

async function fingerprintAt(stream: string, seq: number): Promise<string | undefined> {
  const { entries } = await log().read(stream, seq - 1, 1);
  return entries[0]?.seq === seq ? stored.parse(entries[0].data).fingerprint : undefined;
}

/** Keeps between once and twice as much as promised: a prune costs more than an append. */
function retain(stream: string, seq: number): void {
  if (seq % eventLimits.kept !== 0) return;
  log()
    .prune(stream, seq - eventLimits.kept)
    .catch((err) => logger().warn({ err, stream }, "retention failed; the next one catches up"));
}

function keyReused(): HttpError {
  const detail = "This Idempotency-Key belongs to another request. Take a new one for a new event.";
  return new HttpError(422, "idempotency-key-reused", detail);
}
