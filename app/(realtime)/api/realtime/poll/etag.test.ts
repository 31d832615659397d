import { describe, expect, it } from "vitest";
import { etagOf, matches } from "./etag";

describe("etagOf", () => {
  it("is the position", () => {
    expect(etagOf({ entries: [], position: 42 })).toBe('"42"');
  });
  it("of a reset is another than that of the same position without one", () => {
    expect(etagOf({ entries: [], position: 30, reset: { oldest: 31 } })).toBe('"reset-31"');
  });
});

describe("matches", () => {
  it.each([
    ['"42"', true],
    ['W/"42"', true],
    ['"41", "42"', true],
    ['"4", W/"42" , "5"', true],
    ["*", true],
    [" * ", true],
    ['"4"', false],
    ["42", false],
    ["", false],
    ['"42', false],
    [null, false],
  ])("%s → %s", (header, expected) => {
    expect(matches(header, '"42"')).toBe(expected);
  });
});
