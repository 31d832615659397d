import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type AlgorithmName, algorithms } from "./algorithms/decide";
import { engineAsClient } from "./engine.fixture";
import { flexibleMemory } from "./flexible-limiter";
import { createMemoryLimiter } from "./memory-limiter";
import type { Limiter, Quota } from "./policy";
import { createRedisLimiter } from "./redis-limiter";

const names = Object.keys(algorithms) as AlgorithmName[];
const START = 1_760_000_000_000;
let now = START;
const clock = () => now;
const engine = engineAsClient(clock);
afterAll(() => engine.close());

type Make = (name: AlgorithmName, quota: Quota) => Limiter;
let policies = 0;
const stores: Record<string, Make> = {
  "in memory": (name, quota) => createMemoryLimiter(algorithms[name], quota, { now: clock }),
  // A name of its own for each run: the engine keeps what the last has counted.
  "as a script": (name, quota) =>
    createRedisLimiter(algorithms[name], { name: `p${policies++}`, ...quota }, () => engine.client),
};

const quotas = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  windowMs: fc.constantFrom(1, 7, 1_000, 9_999, 10_000, 60_000),
});
/** A time passes, then a request comes. Times are shares of the window, so that borders are met. */
const steps = fc.array(
  fc.record({
    pause: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2.5, noNaN: true })),
    cost: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
  }),
  { minLength: 1, maxLength: 40 },
);

interface Admitted {
  at: number;
  cost: number;
}
const sum = (list: Admitted[]) => list.reduce((total, { cost }) => total + cost, 0);

/** What each algorithm promises, told from the log of what it has let in. */
const promises: Record<AlgorithmName, (log: Admitted[], quota: Quota) => void> = {
  "fixed-window"(log, { limit, windowMs }) {
    const windows = group(log, ({ at }) => Math.floor(at / windowMs));
    for (const list of windows.values()) expect(sum(list)).toBeLessThanOrEqual(limit);
  },
  "sliding-window"(log, { limit, windowMs }) {
    log.forEach(({ at }, i) => {
      const window = Math.floor(at / windowMs);
      const within = (number: number) =>
        sum(log.slice(0, i + 1).filter((one) => Math.floor(one.at / windowMs) === number));
      const share = 1 - (at - window * windowMs) / windowMs;
      const estimate = within(window) + Math.floor(share * within(window - 1));
      expect(estimate).toBeLessThanOrEqual(limit);
    });
  },
  "token-bucket"(log, { limit, windowMs }) {
    log.forEach((first, i) => {
      let units = 0;
      for (const { at, cost } of log.slice(i)) {
        units += cost;
        expect(units * windowMs).toBeLessThanOrEqual(limit * windowMs + (at - first.at) * limit);
      }
    });
  },
};

function group<T, K>(list: T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

describe.each(names)("%s", (name) => {
  describe.each(Object.entries(stores))("%s", (_, make) => {
    it("keeps its promise, and a refusal costs nothing", async () => {
      await fc.assert(
        fc.asyncProperty(quotas, steps, async (quota, list) => {
          now = START;
          const limiter = make(name, quota);
          const twin = make(name, quota);
          const log: Admitted[] = [];
          for (const { pause, cost } of list) {
            now += Math.floor(pause * quota.windowMs);
            const units = Math.min(cost, quota.limit);
            const { allowed, remaining } = await limiter.decide("me", units);
            expect(remaining).toBeGreaterThanOrEqual(0);
            expect(remaining).toBeLessThanOrEqual(quota.limit);
            if (!allowed) continue;
            log.push({ at: now, cost: units });
            // Whoever never asked for what was refused is let in just the same.
            expect(await twin.decide("me", units)).toMatchObject({ allowed, remaining });
          }
          promises[name](log, quota);
        }),
        { numRuns: 150 },
      );
    });

    it("says exactly when to come again: then it succeeds, a millisecond before it does not", async () => {
      await fc.assert(
        fc.asyncProperty(quotas, steps, async (quota, list) => {
          now = START;
          const limiter = make(name, quota);
          for (const { pause, cost } of list) {
            now += Math.floor(pause * quota.windowMs);
            const units = Math.min(cost, quota.limit);
            const { allowed, retryAfterMs } = await limiter.decide("me", units);
            if (allowed) {
              expect(retryAfterMs).toBe(0);
              continue;
            }
            expect(retryAfterMs).toBeGreaterThan(0);
            now += retryAfterMs - 1;
            const early = await limiter.decide("me", units);
            expect(early).toMatchObject({ allowed: false, retryAfterMs: 1 });
            now += 1;
            expect((await limiter.decide("me", units)).allowed).toBe(true);
          }
        }),
        { numRuns: 150 },
      );
    });

    it("has its whole quota back when it says so", async () => {
      await fc.assert(
        fc.asyncProperty(quotas, steps, async (quota, list) => {
          now = START;
          const limiter = make(name, quota);
          let resetMs = 0;
          for (const { pause, cost } of list) {
            now += Math.floor(pause * quota.windowMs);
            ({ resetMs } = await limiter.decide("me", Math.min(cost, quota.limit)));
          }
          now += resetMs;
          expect((await limiter.decide("me", quota.limit)).allowed).toBe(true);
        }),
        { numRuns: 60 },
      );
    });

    it("counts each caller for itself", async () => {
      now = START;
      const limiter = make(name, { limit: 1, windowMs: 1_000 });
      expect((await limiter.decide("me", 1)).allowed).toBe(true);
      expect((await limiter.decide("me", 1)).allowed).toBe(false);
      expect((await limiter.decide("you", 1)).allowed).toBe(true);
    });

    it("gives nothing, and takes nothing, when the clock is set back", async () => {
      now = START;
      const limiter = make(name, { limit: 2, windowMs: 1_000 });
      await limiter.decide("me", 2);
      now -= 5_000;
      const { allowed, retryAfterMs } = await limiter.decide("me", 1);
      expect(allowed).toBe(false);
      now += retryAfterMs;
      expect((await limiter.decide("me", 1)).allowed).toBe(true);
    });
  });

  it("decides alike in memory and as a script", async () => {
    await fc.assert(
      fc.asyncProperty(quotas, steps, async (quota, list) => {
        now = START;
        const [memory, script] = Object.values(stores).map((make) => make(name, quota));
        for (const { pause, cost } of list) {
          now += Math.floor(pause * quota.windowMs);
          const units = Math.min(cost, quota.limit);
          const { decidedBy: _, ...ours } = (await memory?.decide("me", units)) ?? {};
          expect(await script?.decide("me", units)).toMatchObject(ours as object);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("a table that is full", () => {
  it("makes strangers share counters: it refuses too much, never too little, and stays bounded", async () => {
    now = START;
    const quota = { limit: 2, windowMs: 1_000 };
    const limiter = createMemoryLimiter(algorithms["fixed-window"], quota, {
      now: clock,
      maxCallers: 10,
    });
    for (let i = 0; i < 20_000; i++) await limiter.decide(`ip:${i}`, 1);
    expect(limiter.size()).toBeLessThanOrEqual(10 + 1_024);
    expect((await limiter.decide("ip:0", 1)).allowed).toBe(true);
    expect((await limiter.decide("ip:19999", 1)).allowed).toBe(false);
    now += 1_000;
    expect((await limiter.decide("ip:19999", 1)).allowed).toBe(true);
  });
});

describe("rate-limiter-flexible in memory", () => {
  it("says exactly when to come again, and a refusal of several units costs nothing", async () => {
    vi.useFakeTimers({ now: START });
    try {
      const limiter = flexibleMemory({ limit: 5, windowMs: 10_000 });
      expect((await limiter.decide("me", 3)).remaining).toBe(2);
      vi.advanceTimersByTime(4_000);
      const refused = await limiter.decide("me", 4);
      expect(refused).toMatchObject({ allowed: false, remaining: 2, retryAfterMs: 6_000 });
      expect(await limiter.decide("me", 2)).toMatchObject({ allowed: true, remaining: 0 });
      vi.setSystemTime(START + 9_999);
      expect(await limiter.decide("me", 1)).toMatchObject({ allowed: false, retryAfterMs: 1 });
      vi.setSystemTime(START + 10_000);
      expect(await limiter.decide("me", 1)).toMatchObject({ allowed: true, remaining: 4 });
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps counters for so many callers; the others share", async () => {
    const limiter = flexibleMemory({ limit: 2, windowMs: 60_000 }, { maxCallers: 3 });
    const answers = [];
    for (let i = 0; i < 6_000; i++) answers.push((await limiter.decide(`ip:${i}`, 1)).allowed);
    expect(answers.slice(0, 3)).toEqual([true, true, true]);
    // 1,024 shared counters of two.
    expect(answers.filter(Boolean).length).toBeLessThanOrEqual(3 + 2 * 1_024);
    expect((await limiter.decide("ip:0", 1)).allowed).toBe(true);
  });
});
