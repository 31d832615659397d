import { describe, expect, it } from "vitest";
import { etagOf } from "./etag";

describe("etagOf", () => {
  it("is the position", () => {
    expect(etagOf({ entries: [], position: 42 })).toBe('"42"');
  });
  it("of a reset is another than that of the same position without one", () => {
    expect(etagOf({ entries: [], position: 30, reset: { oldest: 31 } })).toBe('"reset-31"');
  });
});
