import { expect, it } from "vitest";
import { matchesETag } from "./etag";

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
  // No list of entity-tags (RFC 9110, 13.1.2 and 8.8.3): nothing in it counts.
  ['x"42"', false],
  ['"42"x', false],
  ['"41" "42"', false],
  ['w/"42"', false],
  ['W/ "42"', false],
  ['"42", x', false],
  ['x, "42"', false],
  ['"42", *', false],
  ["*, *", false],
  ['"4"2"', false],
  ['"a"42""', false],
  ["'42', \"42", false],
  ['"42";q=1', false],
  // A list may have empty members (RFC 9110, 5.6.1.2), and blanks about each.
  [', "42"', true],
  ['"41",, "42" ,', true],
  ['\t"42"\t', true],
  ['"a,b", "42"', true],
  ['"a, "42""', false],
])("If-None-Match: %s → %s", (header, expected) => {
  expect(matchesETag(header, '"42"')).toBe(expected);
});

it("compares an ETag that is weak, too", () => {
  expect(matchesETag('W/"42", "41"', 'W/"42"')).toBe(true);
  expect(matchesETag('"42"', 'W/"42"')).toBe(true);
  expect(matchesETag('"4"', 'W/"42"')).toBe(false);
});
