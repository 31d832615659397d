import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { HttpError } from "./http";
import { wholeNumber } from "./numbers";
import { readQuery } from "./query";

const schema = z.object({
  before: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  limit: wholeNumber(1, 100).default(50),
});

const ask = (query: string) => readQuery(new Request(`http://any.example/x?${query}`), schema);

/** The refusal's status and the fields it names. */
function refusalOf(read: () => unknown) {
  try {
    read();
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { status, type, errors, detail } = error.problem();
    return { status, type, detail, fields: (errors as { field: string }[]).map((e) => e.field) };
  }
  return undefined;
}

describe("readQuery", () => {
  it("parses what is there and fills in the defaults", () => {
    expect(ask("")).toEqual({ limit: 50 });
    expect(ask("before=12&limit=7")).toEqual({ before: 12, limit: 7 });
  });

  it("refuses every string that is no whole number in the range, and names the parameter", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("before", "limit"),
        fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)),
        (name, text) => {
          const max = name === "limit" ? 100 : Number.MAX_SAFE_INTEGER;
          const good = /^[0-9]{1,16}$/.test(text) && Number(text) >= 1 && Number(text) <= max;
          const query = new URLSearchParams({ [name]: text });
          const refusal = refusalOf(() => ask(query.toString()));
          if (good) expect(refusal).toBeUndefined();
          else {
            expect(refusal).toMatchObject({ status: 400, type: "/problems/invalid-parameter" });
            expect(refusal?.fields).toEqual([name]);
            expect(refusal?.detail).toContain(`${name}: `);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("refuses a parameter that is given twice, also with the same value", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2 }), (values) => {
        const query = values.map((value) => `limit=${value}`).join("&");
        expect(refusalOf(() => ask(query))).toMatchObject({ status: 400, fields: ["limit"] });
      }),
    );
    expect(refusalOf(() => ask("limit=5&before=3&limit=5"))?.fields).toEqual(["limit"]);
  });

  it("names every parameter that is wrong, not only the first", () => {
    expect(refusalOf(() => ask("limit=0&before=x"))?.fields.toSorted()).toEqual([
      "before",
      "limit",
    ]);
  });

  it("reads no value from a name that objects have by themselves", () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(ask(`${name}=1&${name}=2`)).toEqual({ limit: 50 });
      const strange = z.object({ length: z.unknown().optional() });
      const request = new Request(`http://any.example/?${name}=1&${name}=2`);
      expect(readQuery(request, strange).length).toBeUndefined();
    }
  });

  it("costs with the length of the query, not with its square", () => {
    const cost = (count: number) => {
      const query = Array.from({ length: count }, (_, i) => i.toString(36)).join("&");
      const before = process.cpuUsage();
      ask(query);
      return process.cpuUsage(before).user;
    };
    cost(5_000);
    // Eight times as long: 8 times the cost, where the square would be 64.
    expect(cost(40_000) / cost(5_000)).toBeLessThan(30);
  });

  it("survives whatever stands behind the question mark", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (query) => {
        try {
          ask(query.replaceAll("#", ""));
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError);
        }
      }),
    );
    for (const query of ["%", "%zz=1", "limit=%", "&&&", "=", "limit", "%00=1", "limit=%ff"])
      expect([undefined, 400]).toContain(refusalOf(() => ask(query))?.status);
  });
});
