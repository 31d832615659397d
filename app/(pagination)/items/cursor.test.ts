import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpError } from "@/lib/http";
import { category, direction, pageLimits, sort } from "../contract";
import { createItemCursors } from "./cursor";
import type { Position } from "./keyset";
import type { Reading } from "./reading";

const secret = "a secret of at least thirty-two characters";
const cursors = createItemCursors({ secret });

const positions: fc.Arbitrary<Position> = fc.record({
  way: fc.constantFrom("next", "prev"),
  inclusive: fc.boolean(),
  value: fc.string({ unit: "grapheme", maxLength: 24 }),
  id: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String),
});
const readings: fc.Arbitrary<Reading> = fc.record({
  list: fc.option(fc.nat(5)),
  sort: fc.constantFrom(...sort.options),
  direction: fc.constantFrom(...direction.options),
  category: fc.option(fc.constantFrom(...category.options), { nil: undefined }),
});

const position: Position = {
  way: "next",
  inclusive: false,
  value: "2024-01-01T00:00:00.000001Z",
  id: "1000000",
};
const reading: Reading = { list: 7, sort: "time", direction: "desc", category: "music" };
const made = cursors.encode(position, reading);

/** The problem that decoding ends in. */
function refusal(text: string, as: Reading = reading) {
  try {
    cursors.decode(text, as);
  } catch (error) {
    if (error instanceof HttpError) return error.problem();
    throw error;
  }
  return undefined;
}
const invalid = {
  status: 400,
  type: "/problems/invalid-cursor",
  errors: [{ field: "cursor", message: expect.any(String) }],
};

describe("cursors", () => {
  it("come back as they were, in the alphabet of a URL, and within their length", () => {
    fc.assert(
      fc.property(positions, readings, (position, reading) => {
        const text = cursors.encode(position, reading);
        expect(text).toMatch(/^[\w-]+$/);
        expect(text.length).toBeLessThanOrEqual(pageLimits.cursorLength);
        expect(cursors.decode(text, reading)).toEqual(position);
      }),
    );
  });

  it("are refused with another list, sort, direction or category", () => {
    fc.assert(
      fc.property(positions, readings, readings, (position, reading, other) => {
        fc.pre(JSON.stringify(Object.values(reading)) !== JSON.stringify(Object.values(other)));
        expect(refusal(cursors.encode(position, reading), other)).toMatchObject(invalid);
      }),
    );
  });

  it("are refused when any character is another, missing, or too many", () => {
    for (let at = 0; at < made.length; at++) {
      for (const character of "AZaz09-_=+/. %")
        if (character !== made[at])
          expect(
            refusal(made.slice(0, at) + character + made.slice(at + 1)),
            `${character} at ${at}`,
          ).toMatchObject(invalid);
      expect(refusal(made.slice(0, at))).toMatchObject(invalid);
      expect(refusal(made.slice(0, at) + made.slice(at + 1))).toMatchObject(invalid);
    }
    for (const more of ["A", "=", "==", " ", "\n", "\0", made])
      expect(refusal(made + more)).toMatchObject(invalid);
  });

  it("are refused when any bit is another", () => {
    const bytes = Buffer.from(made, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = Buffer.from(bytes);
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(refusal(other.toString("base64url")), `bit ${bit}`).toMatchObject(invalid);
    }
  });

  it("are refused when they are anything else", () => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.base64String());
    fc.assert(fc.property(anything, (text) => refusal(text)?.status === 400));
    for (const text of ["", "0", "null", "{}", "../../etc/passwd", "' OR 1=1 --"])
      expect(refusal(text)).toMatchObject(invalid);
  });

  it("are refused by their length before anything is decoded", () => {
    expect(refusal("A".repeat(50_000_000))).toMatchObject({
      ...invalid,
      detail: expect.stringContaining("longer than any of ours"),
    });
  });

  it("are refused when another key or another version has made them", () => {
    const foreign = createItemCursors({ secret: `${secret}!` }).encode(position, reading);
    expect(refusal(foreign)).toMatchObject(invalid);
    const expired = createItemCursors({ secret, version: 0 }).encode(position, reading);
    expect(refusal(expired)).toMatchObject({
      ...invalid,
      detail: expect.stringContaining("another version"),
    });
    // The version is signed as well: an old cursor is not made new by its first byte.
    const renamed = Buffer.from(expired, "base64url");
    renamed[0] = 1;
    expect(refusal(renamed.toString("base64url"))).toMatchObject(invalid);
  });
});
