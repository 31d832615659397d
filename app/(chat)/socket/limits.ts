import { HttpError } from "@/lib/http";
import { type Bucket, createBucket } from "@/lib/token-bucket";
import { chatLimits } from "../contract";

const newBucket = () =>
  createBucket({ perSecond: chatLimits.messagesPerSecond, burst: chatLimits.messageBurst });

/** Kept buckets beyond which the full ones, which say nothing, are let go. */
const SWEEP_AT = 1_000;

/**
 * How often one may send: a token bucket for each socket, and one for each user, so that many
 * sockets do not multiply the rate.
 */
export function createSendLimit() {
  const users = new Map<string, Bucket>();

  function bucketOf(userId: string): Bucket {
    const known = users.get(userId);
    if (known) return known;
    if (users.size >= SWEEP_AT) for (const [id, b] of users) if (b.isFull()) users.delete(id);
    const fresh = newBucket();
    users.set(userId, fresh);
    return fresh;
  }

  /** @returns to be called at each event; throws HttpError 429 with `retryAfterMs` */
  return function limitFor(userId: string): () => void {
    const own = newBucket();
    return () => {
      const both = [own, bucketOf(userId)];
      const waits = both.map((b) => b.peek()).map((v) => (v.ok ? 0 : v.waitMs));
      const retryAfterMs = Math.max(...waits);
      if (retryAfterMs > 0) throw tooFast(retryAfterMs);
      for (const bucket of both) bucket.take();
    };
  };
}

function tooFast(retryAfterMs: number): HttpError {
  const { messagesPerSecond, messageBurst } = chatLimits;
  const detail = `At most ${messagesPerSecond} a second, ${messageBurst} at once. Wait ${retryAfterMs} ms.`;
  return new HttpError(429, "too-fast", detail, { members: { retryAfterMs } });
}
