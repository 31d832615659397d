import { describe, expect, it } from "vitest";
import { growthOf } from "./growth.ts";
import type { Measured } from "./results.ts";

const only = (median: number) => ({ median, min: median, max: median });
const measured = (name: string, times: Record<string, number>): Measured => ({
  name,
  rounds: 1,
  units: { time: "ms" },
  subjects: Object.fromEntries(
    Object.entries(times).map(([subject, time]) => [subject, { time: only(time) }]),
  ),
  ratios: [],
  voided: {},
});

describe("growth", () => {
  it("is a curve for each subject over the sizes of the workloads, in their order", () => {
    const runs = [
      { workload: { size: 1_000 }, measured: measured("1,000", { ours: 3, theirs: 9 }) },
      { workload: { size: 10 }, measured: measured("10", { ours: 1, theirs: 2 }) },
      { workload: {}, measured: measured("other work", { ours: 7 }) },
    ];
    const bound = { of: "ours", atMost: 2 };
    expect(growthOf([{ figure: "time", sizes: "readers", bound }], runs)).toEqual([
      {
        bound: { ...bound, grown: 3, reached: false },
        ...{ figure: "time", unit: "ms", sizes: "readers" },
        series: [
          {
            name: "ours",
            points: [
              [10, 1],
              [1_000, 3],
            ],
          },
          {
            name: "theirs",
            points: [
              [10, 2],
              [1_000, 9],
            ],
          },
        ],
      },
    ]);
  });

  it("takes subjects as the points of one curve where they say so, and leaves the others out", () => {
    const size = { first: { series: "page", size: 1 }, deep: { series: "page", size: 900 } };
    const runs = [{ workload: { size }, measured: measured("m", { first: 1, deep: 2, x: 3 }) }];
    const [curves] = growthOf([{ figure: "time", sizes: "rows" }], runs);
    expect(curves?.series).toEqual([
      {
        name: "page",
        points: [
          [1, 1],
          [900, 2],
        ],
      },
    ]);
  });
});
