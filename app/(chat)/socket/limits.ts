import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { type Bucket, createBucket } from "@/lib/token-bucket";
import { chatLimits } from "../contract";

const newBucket = (factor = 1) =>
  createBucket({
    perSecond: chatLimits.messagesPerSecond * factor,
    burst: chatLimits.messageBurst * factor,
  });

/** Kept buckets beyond which the full ones, which say nothing, are let go. */
const SWEEP_AT = 1_000;

/** A bucket for each key, made when it is first asked for. */
function createBuckets(factor = 1) {
  const buckets = new Map<string, Bucket>();
  return (key: string): Bucket => {
    const known = buckets.get(key);
    if (known) return known;
    if (buckets.size >= SWEEP_AT)
      for (const [other, bucket] of buckets) if (bucket.isFull()) buckets.delete(other);
    const fresh = newBucket(factor);
    buckets.set(key, fresh);
    return fresh;
  };
}

/**
 * How often one may send: a token bucket for each socket, one for each user, so that many sockets do not
 * multiply the rate, and one for each address, so that many guests do not.
 */
export function createSendLimit() {
  const ofUser = createBuckets();
  const factor = env().ADDRESS_LIMIT_FACTOR;
  const ofAddress = factor > 0 ? createBuckets(factor) : undefined;

  /** @returns to be called at each event; throws HttpError 429 with `retryAfterMs` */
  return function limitFor(userId: string, address: string): () => void {
    const own = newBucket();
    return () => {
      const all = [own, ofUser(userId), ...(ofAddress ? [ofAddress(address)] : [])];
      const waits = all.map((b) => b.peek()).map((v) => (v.ok ? 0 : v.waitMs));
      const retryAfterMs = Math.max(...waits);
      if (retryAfterMs > 0) throw tooFast(retryAfterMs);
      for (const bucket of all) bucket.take();
    };
  };
}

function tooFast(retryAfterMs: number): HttpError {
  const { messagesPerSecond, messageBurst } = chatLimits;
  const detail = `At most ${messagesPerSecond} a second, ${messageBurst} at once. Wait ${retryAfterMs} ms.`;
  return new HttpError(429, "too-fast", detail, { members: { retryAfterMs } });
}
