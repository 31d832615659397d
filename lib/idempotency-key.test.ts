import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpError } from "./http";
import { idempotencyKey } from "./idempotency-key";

const read = (value: string) => idempotencyKey(new Headers({ "idempotency-key": value }));

describe("idempotencyKey", () => {
  it("is none without the header", () => expect(idempotencyKey(new Headers())).toBeUndefined());

  it("reads any string as it was quoted", () => {
    const printable = fc.string({ unit: fc.constantFrom(...ascii()), minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(printable, (text) => {
        expect(read(`"${text.replace(/["\\]/g, "\\$&")}"`)).toBe(text);
      }),
    );
  });

  it("takes a bare key for the same as the quoted one", () => {
    const key = "8e03978e-40d5-43e8-bc93-6894a57f9324";
    expect([read(key), read(`"${key}"`)]).toEqual([key, key]);
  });

  it("refuses what is no key", () => {
    const long = "x".repeat(129);
    for (const bad of [
      "",
      '""',
      '"',
      '"a',
      'a"b',
      "a b",
      '"\\x"',
      "é",
      long,
      `"${long}"`,
      '"a", "b"',
    ])
      expect(() => read(bad)).toThrow(HttpError);
  });
});

const ascii = () => Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n));
