import { describe, expect, it } from "vitest";
import { laneNames } from "../../contract";
import { compare } from "./agreement";
import { backoff } from "./backoff";
import { createClock } from "./clock";
import { runExport, toExport, toMarkdown } from "./export";
import { seriesOf } from "./series";
import { initialView } from "./view";

describe("the clock", () => {
  it("takes the exchange with the shortest way, and bounds its error", () => {
    const clock = createClock();
    expect(clock.estimate()).toBeNull();
    // 100 ms ahead; a way of 10 ms each, then one of 2 and 38.
    clock.add({ sent: 0, receivedAt: 110, sentAt: 115, returned: 25 });
    clock.add({ sent: 50, receivedAt: 152, sentAt: 152, returned: 90 });
    expect(clock.estimate()).toEqual({ offsetMs: 100, errorMs: 10 });
  });
});

describe("the backoff", () => {
  it("doubles up to a bound, and is never the same for all", () => {
    expect([1, 2, 3, 20].map((n) => backoff(n, () => 1))).toEqual([250, 500, 1_000, 10_000]);
    expect([1, 2, 3, 20].map((n) => backoff(n, () => 0))).toEqual([125, 250, 500, 5_000]);
  });
});

describe("the agreement", () => {
  const chain = (hashes: string[]) => ({
    reached: () => hashes.length,
    at: (position: number) => hashes[position - 1],
  });
  const chains = (...each: string[][]) =>
    Object.fromEntries(laneNames.map((name, i) => [name, chain(each[i] ?? [])])) as Parameters<
      typeof compare
    >[0];

  it("compares where the slowest lane is", () => {
    const result = compare(chains(["a", "b", "c"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c"]));
    expect(result).toMatchObject({ position: 2, equal: true });
    expect(compare(chains(["a", "x"], ["a", "b"], ["a", "b"], ["a", "b"])).equal).toBe(false);
  });

  it("says nothing where there is nothing", () => {
    expect(compare(chains([], ["a"], ["a"], ["a"]))).toMatchObject({ position: 0, equal: null });
  });
});

describe("the series", () => {
  it("has the slowest delivery of each bucket, and null where none was", () => {
    const at = (time: number, latencyMs: number) => ({ at: time, latencyMs, disturbed: false });
    const lanes = [[at(9_100, 5), at(9_400, 9), at(9_900, 2)], [at(1, 1)]];
    const [times, one, two] = seriesOf(lanes, 10_000, { windowMs: 2_000, bucketMs: 500 });
    expect(times).toEqual([-1.5, -1, -0.5, 0]);
    expect(one).toEqual([null, 9, 2, null]);
    expect(two).toEqual([null, null, null, null]);
  });
});

describe("the export", () => {
  it("is parsed by its own schema, and told in a table", () => {
    const needs = { direction: "down", rate: "rare", budgetMs: 1_000, proxies: "open" } as const;
    const view = { ...initialView, faults: [{ atSeconds: 3, what: "dropped the connections" }] };
    const taken = toExport(view, needs, { enough: false, missing: [] }, { browser: "a test" });
    expect(runExport.parse(JSON.parse(JSON.stringify(taken)))).toEqual(taken);
    const text = toMarkdown(taken);
    expect(text.match(/^\| /gm)).toHaveLength(6);
    expect(text).toContain("- after 3 s: dropped the connections");
  });
});
