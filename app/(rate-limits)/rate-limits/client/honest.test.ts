import { describe, expect, it } from "vitest";
import { algorithms } from "@/lib/rate-limit/algorithms/decide";
import { createMemoryLimiter } from "@/lib/rate-limit/memory-limiter";
import { algorithmNames } from "../../contract";
import { obey } from "./honest";

/** Runs a client on a clock of its own against a limiter, told the truth and then something. */
async function run(name: (typeof algorithmNames)[number], lie: (ms: number) => number, cost = 1) {
  let now = 1_760_000_003_333;
  const limiter = createMemoryLimiter(
    algorithms[name],
    { limit: 10, windowMs: 10_000 },
    { now: () => now },
  );
  return obey({
    now: () => now,
    untilMs: now + 60_000,
    sleep: async (ms) => {
      now += ms;
    },
    async send() {
      const { allowed, retryAfterMs } = await limiter.decide("me", cost);
      if (allowed) return { status: 200, ms: 0 };
      return { status: 429, ms: 0, retryAfterMs: lie(retryAfterMs), neededMs: retryAfterMs };
    },
    onChange: () => undefined,
  });
}

describe.each(algorithmNames)("a client that obeys, %s", (name) => {
  it.each([1, 3])(
    "always succeeds after the wait, and waits no longer than needed: weight %i",
    async (cost) => {
      const { waits, succeeded, tooLongMs } = await run(name, (ms) => ms, cost);
      expect(waits).toBeGreaterThan(3);
      expect(succeeded).toBe(waits);
      expect(Math.max(...tooLongMs)).toBe(0);
    },
  );

  it("shows who is told too little, and who is told too much", async () => {
    const early = await run(name, (ms) => Math.ceil(ms / 2));
    expect(early.succeeded).toBeLessThan(early.waits);
    const late = await run(name, (ms) => ms + 500);
    expect(late.succeeded).toBe(late.waits);
    expect(Math.min(...late.tooLongMs)).toBe(500);
  });
});
