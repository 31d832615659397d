import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRange, rangeStillHolds } from "./range";

test.each([
  [null, undefined],
  ["bytes=0-0", { first: 0, last: 0 }],
  ["bytes=5-", { first: 5, last: 9 }],
  ["bytes=-3", { first: 7, last: 9 }],
  ["bytes=-99", { first: 0, last: 9 }],
  ["bytes=2-99", { first: 2, last: 9 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=5-2", undefined],
  ["bytes=-", undefined],
  ["bytes=0-1,3-4", undefined],
  ["items=0-1", undefined],
  ["bytes=a-b", undefined],
] as const)("Range: %s of ten bytes", (header, range) => {
  expect(parseRange(header, 10)).toEqual(range);
});

test("no range leaves the file", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat({ max: 1_000 }), (from, to, size) => {
      const range = parseRange(`bytes=${from}-${to}`, size);
      if (typeof range !== "object") return;
      expect(range.first).toBeLessThanOrEqual(range.last);
      expect(range.last).toBeLessThan(size);
    }),
  );
});

test("an empty file has no range", () => {
  expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable");
  expect(parseRange("bytes=-1", 0)).toBe("unsatisfiable");
});

test("If-Range compares entity tags strongly", () => {
  expect(rangeStillHolds('"b"', '"b"')).toBe(true);
  expect(rangeStillHolds('W/"b"', '"b"')).toBe(false);
  expect(rangeStillHolds("Sat, 29 Oct 1994 19:43:31 GMT", '"b"')).toBe(false);
});
