import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../contract";
import { createLaneStats, percentile } from "./lane-stats";

const entry = (seq: number, sentAt = 0): Entry => ({ seq, sentAt, payload: `payload ${seq}` });
const upTo = (n: number, from = 1) =>
  Array.from({ length: n - from + 1 }, (_, i) => entry(from + i));

function newStats({ begin = 0, offset = 0 } = {}) {
  const at = { now: 0, disturbed: false };
  const stats = createLaneStats({
    begin,
    now: () => at.now,
    offsetMs: () => offset,
    isDisturbed: () => at.disturbed,
  });
  return { stats, at };
}

/** The chain, computed another way. */
function chainOf(entries: Entry[]): string {
  let last = Buffer.alloc(32);
  for (const { seq, sentAt, payload } of entries)
    last = createHash("sha256").update(last).update(`${seq}:${sentAt}:${payload}`).digest();
  return last.toString("hex");
}

describe("the measuring core", () => {
  it("takes entries in order, drops repeats, and stops at a gap", () => {
    const { stats } = newStats();
    expect(stats.entries(upTo(3))).toBe(true);
    expect(stats.entries(upTo(4, 2))).toBe(true);
    expect(stats.entries([entry(5), entry(7), entry(8)])).toBe(false);
    expect(stats.position()).toBe(5);
    expect(stats.entries(upTo(8, 6))).toBe(true);
    expect(stats.figures(0)).toMatchObject({ delivered: 8, duplicates: 2, gaps: 1, position: 8 });
  });

  it("knows no latency below zero: that is only the error of what is known of the clock", () => {
    const { stats } = newStats({ offset: -3 });
    stats.entries([entry(1, 1)]);
    expect(stats.figures(0)).toMatchObject({ p50: 0 });
  });

  it("hashes what was taken, whatever was repeated and missed on the way", async () => {
    const { stats } = newStats();
    stats.entries(upTo(4));
    stats.entries([entry(3), entry(9)]);
    stats.entries(upTo(6, 2));
    await stats.chain.settled();
    expect(stats.chain.reached()).toBe(6);
    expect(stats.chain.at(6)).toBe(chainOf(upTo(6)));
    expect(stats.chain.at(2)).toBe(chainOf(upTo(2)));
    expect(stats.chain.at(7)).toBeUndefined();
  });

  it("times by the server's clock, over the last minute", () => {
    const { stats, at } = newStats({ offset: 500 });
    at.now = 1_000;
    stats.entries([entry(1, 1_490)]);
    at.now = 2_000;
    stats.entries([entry(2, 2_480), entry(3, 2_470)]);
    expect(stats.figures(2_000)).toMatchObject({ p50: 20, p95: 30 });
    expect(stats.figures(61_500)).toMatchObject({ p50: 20, p95: 30 });
    expect(stats.figures(70_000)).toMatchObject({ p50: null, p95: null, delivered: 3 });
  });

  it("keeps what a fault disturbed apart", () => {
    const { stats, at } = newStats();
    at.now = 10;
    stats.entries([entry(1)]);
    at.disturbed = true;
    at.now = 5_000;
    stats.entries([entry(2)]);
    expect(stats.figures(5_000)).toMatchObject({ p95: 5_000, undisturbed: 1, undisturbedP95: 10 });
  });

  it("begins anew after a reset", async () => {
    const { stats } = newStats();
    stats.entries(upTo(3));
    stats.reset(31);
    expect(stats.position()).toBe(30);
    expect(stats.entries([entry(31)])).toBe(true);
    await stats.chain.settled();
    expect(stats.chain.at(3)).toBeUndefined();
    expect(stats.chain.at(31)).toBe(chainOf([entry(31)]));
    expect(stats.figures(0).resets).toBe(1);
  });
});

describe("percentile", () => {
  it("is the nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([0.5, 0.95, 1, 0].map((share) => percentile(hundred, share))).toEqual([50, 95, 100, 1]);
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.5)).toBeNull();
  });
});
