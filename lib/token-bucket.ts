/** What a bucket says to a request. */
export type Verdict = { ok: true } | { ok: false; waitMs: number };

export interface BucketOptions {
  /** Tokens that come back in a second. */
  perSecond: number;
  /** Tokens of a full bucket. */
  burst: number;
  /** The clock, in milliseconds. */
  now?: () => number;
}

/** Sums of fractions fall short of a whole by a little: a wait that was obeyed must suffice. */
const ONE = 1 - 1e-9;

/**
 * A token bucket. A refused request takes nothing and is told the exact wait: who obeys it passes.
 */
export function createBucket({ perSecond, burst, now = Date.now }: BucketOptions) {
  let tokens = burst;
  let at = now();

  function refill(): void {
    // A clock that was set back gives nothing, and costs nothing.
    const elapsed = Math.max(0, now() - at);
    tokens = Math.min(burst, tokens + (elapsed / 1000) * perSecond);
    at = now();
  }

  return {
    /** Whether a token is there; takes none. */
    peek(): Verdict {
      refill();
      const missing = ONE - tokens;
      if (missing <= 0) return { ok: true };
      return { ok: false, waitMs: Math.ceil((missing / perSecond) * 1000) };
    },
    take: (): void => {
      tokens = Math.max(0, tokens - 1);
    },
    /** Nobody has used it for so long that it is full: it need not be kept. */
    isFull: () => {
      refill();
      return tokens >= burst;
    },
  };
}

export type Bucket = ReturnType<typeof createBucket>;
