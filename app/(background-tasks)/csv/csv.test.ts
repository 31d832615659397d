import fc from "fast-check";
import { NonRetriableError } from "inngest";
import { describe, expect, it } from "vitest";
import { jobLimits } from "../contract";
import { batchesOf } from "./batches";
import { checkCsv } from "./check";
import { parseCsv } from "./parse";
import { sampleCsv } from "./sample";

const quote = (field: string) => `"${field.replaceAll('"', '""')}"`;

describe("parseCsv", () => {
  it("reads back any fields that were written in quotes, with either line end", () => {
    // A record of one empty field is a blank line, and none.
    const record = fc.array(fc.string({ maxLength: 12 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(record), fc.constantFrom("\n", "\r\n"), (records, end) => {
        const text = records.map((fields) => fields.map(quote).join(",") + end).join("");
        expect(parseCsv(text).map(({ fields }) => fields)).toEqual(records);
      }),
    );
  });

  it("names the line in which a record begins", () => {
    expect(parseCsv('a,b\r\n"1\n2",x\n\n3,y').map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it("takes any text without failing", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseCsv(text)));
  });
});

describe("checkCsv", () => {
  it("sorts a sample into exactly as many bad rows as were asked for", () => {
    const sizes = fc.integer({ min: 1, max: jobLimits.csvRows });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (rows, share) => {
        const bad = Math.floor(rows * share);
        const checked = checkCsv(sampleCsv(rows, bad));
        expect([checked.good.length, checked.bad.length]).toEqual([rows - bad, bad]);
      }),
      { numRuns: 30 },
    );
  });

  it("says of each bad row what is wrong with it", () => {
    const text =
      "name,email,amount\n,a@b.co,1\nAnn,nowhere,2\nAnn,a@b.co,two\nAnn,a@b.co\nA\0,a@b.co,3";
    expect(checkCsv(text).bad).toEqual([
      { line: 2, reason: "has no name" },
      { line: 3, reason: "has no valid email" },
      { line: 4, reason: "has no whole amount" },
      { line: 5, reason: "has 2 fields" },
      { line: 6, reason: "has control characters" },
    ]);
  });

  it("refuses for good what is no such file, or too long", () => {
    const long = `name,email,amount\n${"A,a@b.co,1\n".repeat(jobLimits.csvRows + 1)}`;
    for (const text of ["", "hello", "email,name,amount\nx,y,1", long])
      expect(() => checkCsv(text)).toThrow(NonRetriableError);
  });
});

describe("batchesOf", () => {
  it("keeps every item, in order, in batches of nearly the same size", () => {
    const counts = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 200 }), counts, (items, count) => {
        const batches = batchesOf(items, count);
        expect(batches.flat()).toEqual(items);
        expect(batches.length).toBe(Math.min(count, items.length));
        const sizes = batches.map(({ length }) => length);
        if (sizes.length > 0) {
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          expect(Math.min(...sizes)).toBeGreaterThan(0);
        }
      }),
    );
  });
});
