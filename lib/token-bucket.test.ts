import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BucketOptions, createBucket } from "./token-bucket";

/** A bucket on a clock that stands still until it is moved. */
function bucketWithClock(options: Pick<BucketOptions, "perSecond" | "burst">) {
  let time = 1_760_000_000_000;
  const bucket = createBucket({ ...options, now: () => time });
  return {
    ...bucket,
    pass: (ms: number) => {
      time += ms;
    },
    /** What a caller does: takes a token where one is there. */
    ask() {
      const verdict = bucket.peek();
      if (verdict.ok) bucket.take();
      return verdict;
    },
  };
}

const options = fc.record({
  perSecond: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(0.1, 0.5, 2.5, 1 / 3)),
  burst: fc.integer({ min: 1, max: 30 }),
});
/** Requests: each comes some milliseconds after the one before. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 50 }), fc.nat({ max: 5_000 })), {
  maxLength: 80,
});

/** Asks after each pause; gives the first wait it is told, with the bucket at that moment. */
function untilRefused(limits: { perSecond: number; burst: number }, steps: number[]) {
  const bucket = bucketWithClock(limits);
  for (const ms of steps) {
    bucket.pass(ms);
    bucket.ask();
  }
  for (;;) {
    const verdict = bucket.ask();
    if (!verdict.ok) return { bucket, waitMs: verdict.waitMs };
  }
}

describe("a token bucket", () => {
  it("passes a full burst at once, and not one more", () => {
    const bucket = bucketWithClock({ perSecond: 5, burst: 20 });
    const verdicts = Array.from({ length: 21 }, () => bucket.ask());
    expect(verdicts.filter(({ ok }) => ok)).toHaveLength(20);
    expect(verdicts[20]).toEqual({ ok: false, waitMs: 200 });
  });

  it("decides each request as exact arithmetic does", () => {
    // The model counts in thousandths of a token: whole rates and milliseconds are exact in it.
    const whole = fc.record({
      perSecond: fc.integer({ min: 1, max: 50 }),
      burst: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(whole, pauses, (limits, steps) => {
        const bucket = bucketWithClock(limits);
        let thousandths = limits.burst * 1_000;
        for (const ms of steps) {
          bucket.pass(ms);
          thousandths = Math.min(limits.burst * 1_000, thousandths + ms * limits.perSecond);
          const passes = thousandths >= 1_000;
          if (passes) thousandths -= 1_000;
          expect(bucket.ask().ok).toBe(passes);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never passes more than the burst and what came back since, between any two moments", () => {
    fc.assert(
      fc.property(options, pauses, (limits, steps) => {
        const bucket = bucketWithClock(limits);
        let now = 0;
        const passed: number[] = [];
        for (const ms of steps) {
          bucket.pass(ms);
          now += ms;
          if (bucket.ask().ok) passed.push(now);
        }
        for (const [i, from] of passed.entries())
          for (const [j, to] of passed.slice(i).entries()) {
            const most = limits.burst + ((to - from) / 1000) * limits.perSecond;
            expect(j + 1).toBeLessThanOrEqual(most + 1e-6);
          }
      }),
    );
  });

  it("passes whoever waits as long as told", () => {
    fc.assert(
      fc.property(options, pauses, (limits, steps) => {
        const { bucket, waitMs } = untilRefused(limits, steps);
        expect(Number.isInteger(waitMs) && waitMs > 0).toBe(true);
        bucket.pass(waitMs);
        expect(bucket.ask()).toEqual({ ok: true });
      }),
      { numRuns: 1_000 },
    );
  });

  it("passes nobody who waits a millisecond less", () => {
    fc.assert(
      fc.property(options, pauses, (limits, steps) => {
        const { bucket, waitMs } = untilRefused(limits, steps);
        fc.pre(waitMs > 1);
        bucket.pass(waitMs - 1);
        expect(bucket.ask().ok).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  it("charges nothing for a refused request", () => {
    fc.assert(
      fc.property(options, pauses, fc.nat({ max: 20 }), (limits, steps, refused) => {
        const { bucket, waitMs } = untilRefused(limits, steps);
        for (let i = 0; i < refused; i++) expect(bucket.ask()).toEqual({ ok: false, waitMs });
        bucket.pass(waitMs);
        expect(bucket.ask().ok).toBe(true);
      }),
    );
  });

  it("is full again once a whole burst has come back, and not before", () => {
    const bucket = bucketWithClock({ perSecond: 4, burst: 8 });
    expect(bucket.isFull()).toBe(true);
    for (let i = 0; i < 8; i++) bucket.ask();
    bucket.pass(1_999);
    expect(bucket.isFull()).toBe(false);
    bucket.pass(1);
    expect(bucket.isFull()).toBe(true);
    bucket.pass(3_600_000);
    expect(Array.from({ length: 9 }, () => bucket.ask().ok).filter(Boolean)).toHaveLength(8);
  });

  it("gives nothing for a clock that is set back", () => {
    const bucket = bucketWithClock({ perSecond: 5, burst: 2 });
    bucket.ask();
    bucket.ask();
    bucket.pass(-60_000);
    expect(bucket.ask().ok).toBe(false);
  });

  it("keeps its promise of a wait when the clock was set back", () => {
    const bucket = bucketWithClock({ perSecond: 5, burst: 2 });
    bucket.ask();
    bucket.ask();
    bucket.pass(-60_000);
    const verdict = bucket.ask();
    bucket.pass(verdict.ok ? 0 : verdict.waitMs);
    expect(bucket.ask()).toEqual({ ok: true });
  });
});
