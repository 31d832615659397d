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
])("If-None-Match: %s → %s", (header, expected) => {
  expect(matchesETag(header, '"42"')).toBe(expected);
});
