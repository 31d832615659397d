import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wholeNumber } from "./numbers";

const range = fc
  .tuple(fc.maxSafeNat(), fc.maxSafeNat())
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

describe("wholeNumber", () => {
  it("reads back every number of its range", () => {
    const inside = range.chain(({ min, max }) =>
      fc.record({ min: fc.constant(min), max: fc.constant(max), n: fc.integer({ min, max }) }),
    );
    fc.assert(
      fc.property(inside, ({ min, max, n }) => {
        expect(wholeNumber(min, max).parse(String(n))).toBe(n);
      }),
    );
  });

  it("refuses every number beside its range", () => {
    fc.assert(
      fc.property(range, fc.maxSafeNat(), ({ min, max }, n) => {
        expect(wholeNumber(min, max).safeParse(String(n)).success).toBe(min <= n && n <= max);
      }),
    );
  });

  it("refuses every string that is not plain decimal digits, in one sentence", () => {
    const spelled = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(..."0123456789+-.eExX _,\n٣") }),
      fc
        .tuple(fc.nat(), fc.constantFrom(" ", "\n", "n", ".", ".0", "e0", "\0"))
        .map((t) => t.join("")),
      fc.tuple(fc.constantFrom(" ", "+", "-", "0x", "0b", "."), fc.nat()).map((t) => t.join("")),
    );
    fc.assert(
      fc.property(spelled, (text) => {
        fc.pre(!/^[0-9]+$/.test(text));
        const { error } = wholeNumber(0, Number.MAX_SAFE_INTEGER).safeParse(text);
        expect(error?.issues.map(({ message }) => message)).toEqual([
          "must be a whole number in decimal digits",
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it("never answers a neighbour of a number that is too large to be exact", () => {
    const schema = wholeNumber(0, Number.MAX_SAFE_INTEGER);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (n) => {
        const { data } = schema.safeParse(String(n));
        expect(data === undefined || BigInt(data) === n).toBe(true);
      }),
    );
    for (const text of [
      "9007199254740992",
      "9007199254740993",
      "9999999999999999",
      "1".repeat(400),
    ])
      expect(schema.safeParse(text).success).toBe(false);
  });

  it("takes text alone", () => {
    for (const value of [5, 5n, null, undefined, true, ["5"], {}])
      expect(wholeNumber(0, 10).safeParse(value).success).toBe(false);
  });
});
