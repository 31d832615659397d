import { HttpError } from "@/lib/http";
import { remember } from "@/lib/remember";
import { type Bucket, createBucket } from "@/lib/token-bucket";
import { listLimits } from "../contract";

/** Kept buckets beyond which the full ones, which say nothing, are let go. */
const SWEEP_AT = 1_000;

const buckets = () => remember("item-churn-limit", () => new Map<string, Bucket>());

/**
 * Counts a writing request of a visitor, on this instance.
 * @throws HttpError 429
 */
export function countWrite(userId: string): void {
  const kept = buckets();
  if (kept.size >= SWEEP_AT) for (const [id, one] of kept) if (one.isFull()) kept.delete(id);
  const { requestsPerSecond: perSecond, requestBurst: burst } = listLimits;
  const bucket = kept.get(userId) ?? createBucket({ perSecond, burst });
  kept.set(userId, bucket);
  const verdict = bucket.peek();
  if (verdict.ok) {
    bucket.take();
    return;
  }
  const detail = `At most ${perSecond} writing requests a second, ${burst} at once.`;
  const headers = { "retry-after": String(Math.ceil(verdict.waitMs / 1_000)) };
  throw new HttpError(429, "too-fast", detail, { headers });
}
