import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpError } from "@/lib/http";
import { decodeCursor, encodeCursor } from "./cursor";

const times = fc
  .tuple(
    fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
    fc.nat(999),
  )
  .map(([date, micros]) => {
    const iso = date.toISOString();
    return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(micros).padStart(3, "0")}+00`;
  });

describe("cursor", () => {
  it("reads back every place that it has written", () => {
    fc.assert(
      fc.property(times, fc.uuid(), (createdAt, id) => {
        const cursor = encodeCursor({ createdAt, id });
        expect(cursor).toMatch(/^[\w-]{1,200}$/);
        expect(decodeCursor(cursor)).toEqual({ createdAt, id });
      }),
    );
  });

  it("refuses everything else", () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const bad of [
      "",
      "%%%",
      encode({}),
      encode(["2026-01-01", "x"]),
      encode(["now()", crypto.randomUUID()]),
      encode(["2026-99-99 00:00:00+00", crypto.randomUUID()]),
    ])
      expect(() => decodeCursor(bad)).toThrow(HttpError);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text)).toThrow(HttpError);
      }),
    );
  });
});
