import { Ratelimit } from "@upstash/ratelimit";
import type { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type EmbeddedRedis, startRedis } from "../../embedded/redis/index.ts";
import { createClient } from "./client";
import { createUpstashLimiter } from "./upstash-limiter";

// What @upstash/ratelimit does, on a clock of ours: the reasons for docs/decisions/0009. A version that
// does better fails here, and is a reason to think again.

const START = 1_760_000_000_000;
let redis: EmbeddedRedis;
let client: Redis;
beforeAll(async () => {
  vi.useFakeTimers({ now: START, toFake: ["Date"] });
  redis = await startRedis({ token: "t" });
  client = createClient(redis.url, "t", 20_000);
});
afterAll(async () => {
  await redis.stop();
  vi.useRealTimers();
});

type Kind = ReturnType<typeof Ratelimit.fixedWindow>;
let prefixes = 0;
const library = (limiter: Kind) =>
  new Ratelimit({ redis: client, limiter, prefix: `l${prefixes++}`, ephemeralCache: false });
const rate = (units: number) => ({ rate: units });
beforeEach(() => {
  vi.setSystemTime(START);
});

describe("@upstash/ratelimit", () => {
  it.each([
    ["fixed window", Ratelimit.fixedWindow(10, "10 s")],
    ["sliding window", Ratelimit.slidingWindow(10, "10 s")],
  ])("charges for a weight that it refuses: %s", async (_, limiter) => {
    const ratelimit = library(limiter);
    expect((await ratelimit.limit("me", rate(7))).success).toBe(true);
    expect((await ratelimit.limit("me", rate(5))).success).toBe(false);
    expect((await ratelimit.limit("me", rate(1))).success).toBe(false);
  });

  it("does not any more in the token bucket, whose reset is too soon for a weight", async () => {
    const ratelimit = library(Ratelimit.tokenBucket(1, "1 s", 10));
    await ratelimit.limit("me", rate(10));
    const { reset } = await ratelimit.limit("me", rate(5));
    vi.setSystemTime(reset);
    expect((await ratelimit.limit("me", rate(5))).success).toBe(false);
    expect((await ratelimit.limit("me", rate(1))).success).toBe(true);
  });

  it("says the end of the sub-window where the next success is nearer", async () => {
    const ratelimit = library(Ratelimit.slidingWindow(10, "10 s"));
    for (let i = 0; i < 10; i++) await ratelimit.limit("me");
    vi.setSystemTime(START + 10_000);
    const refused = await ratelimit.limit("me");
    expect(refused).toMatchObject({ success: false, reset: START + 20_000 });
    vi.setSystemTime(START + 10_001);
    expect((await ratelimit.limit("me")).success).toBe(true);
  });
});

describe("its sliding window with our Retry-After", () => {
  it("succeeds after exactly that time, and not a millisecond sooner", async () => {
    const policy = { name: "honest", limit: 7, windowMs: 10_000 };
    const limiter = createUpstashLimiter(policy, () => client);
    let refusals = 0;
    for (const [round, pause] of [0, 3, 0, 1_234, 17, 9_999, 0, 4_321, 12_000, 5].entries()) {
      vi.setSystemTime(Date.now() + pause);
      for (let i = 0; i < 3 + (round % 3) * 2; i++) {
        const { allowed, retryAfterMs } = await limiter.decide("me", 1);
        if (allowed) continue;
        refusals++;
        vi.setSystemTime(Date.now() + retryAfterMs - 1);
        expect(await limiter.decide("me", 1)).toMatchObject({ allowed: false, retryAfterMs: 1 });
        vi.setSystemTime(Date.now() + 1);
        expect((await limiter.decide("me", 1)).allowed).toBe(true);
      }
    }
    expect(refusals).toBeGreaterThan(10);
  });

  it("asks Redis once for a request that it lets in", async () => {
    const limiter = createUpstashLimiter(
      { name: "once", limit: 7, windowMs: 10_000 },
      () => client,
    );
    await limiter.decide("me", 1);
    const sent = vi.spyOn(globalThis, "fetch");
    await limiter.decide("me", 1);
    expect(sent).toHaveBeenCalledTimes(1);
    sent.mockRestore();
  });
});
