import { describe, expect, it } from "vitest";
import { placeOf } from "./gauge";
import { scaleOf } from "./log-scale";

describe("a logarithmic scale", () => {
  it("leads from the smallest value to the largest, by factors", () => {
    const { at } = scaleOf([1, 100], [0, 200]);
    expect([at(1), at(10), at(100)]).toEqual([0, 100, 200]);
  });

  it("has round ticks, and more of them where the values are close together", () => {
    expect(scaleOf([3, 40_000], [0, 1]).ticks).toEqual([10, 100, 1_000, 10_000]);
    expect(scaleOf([3, 30], [0, 1]).ticks).toEqual([5, 10, 20]);
  });

  it("takes a zero, and a single value", () => {
    expect(scaleOf([0, 1], [0, 30]).at(0)).toBe(0);
    expect(scaleOf([7], [0, 30]).at(7)).toBe(0);
  });
});

describe("a gauge", () => {
  it("has its target in the middle, better to the right, and ends at ten times either", () => {
    expect([0.1, 1, 10].map(placeOf)).toEqual([0, 0.5, 1]);
    expect([0, 1e6].map(placeOf)).toEqual([0, 1]);
  });
});
