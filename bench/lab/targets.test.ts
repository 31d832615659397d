import { describe, expect, it } from "vitest";
import type { Results } from "./results.ts";
import { beyond, countOf, nameOf, targetsOf } from "./targets.ts";

const ratio = { figure: "time", of: "ours", to: "theirs" };
const results: Results = {
  chat: {
    ...{ what: "w", date: "2026-11-23T00:00:00.000Z", quick: false, machine: "m", absent: [] },
    workloads: [
      {
        ...{ name: "one", rounds: 5, units: {}, subjects: {}, voided: {} },
        ratios: [
          { ...ratio, median: 1, min: 1, max: 1, atMost: 2, reached: true },
          { ...ratio, median: 1, min: 1, max: 1, atLeast: 2, reached: false },
          { ...ratio, atLeast: 2 },
          { ...ratio, median: 7, min: 7, max: 7 },
        ],
      },
    ],
    growth: [
      {
        ...{ figure: "time", unit: "ms", sizes: "rows", series: [] },
        bound: { of: "ours", atMost: 1.4, grown: 3, reached: false },
      },
    ],
  },
};

describe("targets", () => {
  it("are the ratios of which something is asked, and the bounds of growth", () => {
    const { all, reached, missed } = countOf(targetsOf(results));
    expect([all, reached, missed.length]).toEqual([4, 1, 2]);
    expect(missed.at(-1)).toMatchObject({ workload: "growth by rows", ratio: { median: 3 } });
  });

  it("are measured against by a factor, whichever way is better", () => {
    expect(beyond({ ...ratio, atMost: 2 }, 1)).toBe(2);
    expect(beyond({ ...ratio, atLeast: 2 }, 1)).toBe(0.5);
    expect(beyond({ ...ratio, atMost: 2 }, 0)).toBeGreaterThan(1);
  });

  it("say whose figure is divided by whose", () => {
    expect(nameOf(ratio)).toBe("time: ours ÷ theirs");
    expect(nameOf({ figure: "buffers", of: "deep page" })).toBe("buffers: deep page");
  });
});
