import fc from "fast-check";
import { expect, test } from "vitest";
import { quantile, summary } from "./stats";

test("the median of an even number lies between the two in the middle", () => {
  expect(summary([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(quantile([10, 20, 30, 40, 50], 0.99)).toBeCloseTo(49.6);
});

test("nothing is not zero", () => {
  expect(() => summary([])).toThrow("No samples");
  expect(() => quantile([], 0.5)).toThrow("No samples");
});

test("quantiles are within the samples, and grow", () => {
  const samples = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 });
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
      const value = quantile(all, part);
      expect(value).toBeGreaterThanOrEqual(Math.min(...all));
      expect(value).toBeLessThanOrEqual(Math.max(...all));
      expect(quantile(all, Math.min(1, part + 0.1))).toBeGreaterThanOrEqual(value - 1e-9);
    }),
  );
});
