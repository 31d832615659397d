import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpError } from "./http";
import { parseJson } from "./json";

/** What is refused, by the names of the members. */
function refused(text: string): string[] | string {
  try {
    parseJson(text);
  } catch (error) {
    const { slug, extra, status } = error as HttpError;
    expect(status).toBe(400);
    if (slug !== "invalid-body") return slug;
    const { errors } = extra.members as { errors: { field: string }[] };
    return errors.map(({ field }) => field);
  }
  throw new Error(`${text} was taken`);
}

describe("parseJson", () => {
  it("names each number that would be changed, wherever it stands", () => {
    expect(refused('{"a":9007199254740993}')).toEqual(["a"]);
    expect(refused('{"a":[1,{"b":1e999}],"c":-1e999,"d":1e22}')).toEqual(["a.1.b", "c"]);
    expect(refused("[[9007199254740993]]")).toEqual(["0.0"]);
    expect(refused("1e999")).toEqual([""]);
  });

  it("refuses what is rounded, overflows or vanishes", () => {
    for (const number of [
      ...["9007199254740993", "-9007199254740993", "9007199254740993.0", "900719925474099.3e1"],
      ...["1e999", "-1e999", "1e309", "1.7976931348623159e308", "1e-400", "-1e-9999"],
      ...["1.0000000000000001", "0.99999999999999999", "3.141592653589793238462643383279"],
      ...["123456789012345678901234567890", `1${"0".repeat(400)}`, `0.${"1".repeat(200)}`],
    ])
      expect(refused(`{"n":${number}}`), number).toEqual(["n"]);
  });

  it("takes what can be kept, however it is written", () => {
    for (const number of [
      ...["0", "-0", "0.0", "0e999", "9007199254740992", "9007199254740991", "-9007199254740991"],
      ...["1e22", "1E+2", "100e-2", "1.0000000000000000000", "0.1", "0.30000000000000004"],
      ...["5e-324", "1.7976931348623157e308", "0.10000000000000001", `1${"0".repeat(22)}`],
      // Two to the 60th, which a double holds exactly.
      ...["1152921504606846976", "0.1000000000000000055511151231257827021181583404541015625"],
    ])
      expect(parseJson(`{"n":${number}}`), number).toEqual({ n: Number(number) });
  });

  it("takes every number that JavaScript writes itself, and all other JSON as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(parseJson(JSON.stringify([number]))).toEqual([number === 0 ? 0 : number]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes a whole number where it is the same one, and only there", () => {
    fc.assert(
      // Below 1e21, where JavaScript begins to write exponents.
      fc.property(fc.bigInt({ min: -(2n ** 69n), max: 2n ** 69n }), (number) => {
        // Beyond 2^53 it may be written as it came though it stands for a neighbour: as 0.1 does.
        const isSame =
          BigInt(Number(number)) === number || String(Number(number)) === String(number);
        if (isSame) expect(parseJson(`[${number}]`)).toEqual([Number(number)]);
        else expect(refused(`[${number}]`)).toEqual(["0"]);
      }),
      { numRuns: 2_000, examples: [[-67621930600458420n]] },
    );
  });

  it("looks at numbers alone: what a string says is its own business", () => {
    const text = '{"9007199254740993":"9007199254740993","__proto__":{"n":1e2}}';
    expect(JSON.stringify(parseJson(text))).toBe(
      '{"9007199254740993":"9007199254740993","__proto__":{"n":100}}',
    );
  });

  it("costs with the length of the text, and names no more than a few", () => {
    const zeros = "0".repeat(500_000);
    const begun = performance.now();
    expect(refused(`{"n":0.${zeros}1${zeros}}`)).toEqual(["n"]);
    expect(parseJson(`{"n":1.${zeros}}`)).toEqual({ n: 1 });
    expect(refused(`[${Array(100_000).fill("1e999")}]`)).toHaveLength(10);
    const deep = `${'{"a":'.repeat(1_000)}1e999${"}".repeat(1_000)}`;
    expect(refused(deep)).toEqual([Array(1_000).fill("a").join(".")]);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it("refuses what is no JSON, and what is nested too deep to look into, as no JSON", () => {
    for (const text of ["", "{", "01", "1e", "[1,]", "NaN", "Infinity", "+1"])
      expect(refused(text), text).toBe("invalid-json");
    const deep = (number: string) => "[".repeat(200_000) + number + "]".repeat(200_000);
    expect(refused(deep("1e999"))).toBe("invalid-json");
  });
});
