import { type Bucket, createBucket, type Verdict } from "@/lib/token-bucket";
import { realtimeLimits } from "../contract";

/** Kept buckets beyond which the full ones, which say nothing, are let go. */
const SWEEP_AT = 1_000;

/** How often a visitor may command the source. Counted per instance. */
export function createCommandLimit() {
  const buckets = new Map<string, Bucket>();
  return {
    take(userId: string): Verdict {
      if (buckets.size >= SWEEP_AT)
        for (const [id, bucket] of buckets) if (bucket.isFull()) buckets.delete(id);
      const { commandsPerSecond: perSecond, commandBurst: burst } = realtimeLimits;
      const bucket = buckets.get(userId) ?? createBucket({ perSecond, burst });
      buckets.set(userId, bucket);
      const verdict = bucket.peek();
      if (verdict.ok) bucket.take();
      return verdict;
    },
  };
}
