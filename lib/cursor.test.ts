import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type CursorOptions, createCursors } from "./cursor";
import { HttpError } from "./http";

type Row = [time: string, id: number];
const options: CursorOptions<Row> = {
  name: "test",
  secret: "a secret of at least thirty-two characters",
  version: 3,
  position: z.tuple([z.string(), z.number()]),
  maxLength: 200,
  source: "nextCursor",
  boundTo: "another user's list",
};
const cursors = createCursors(options);
const row: Row = ["2026-01-01", 7];
const made = cursors.encode(row, ["user-1"]);

const problemOf = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    if (error instanceof HttpError) return error.problem();
    throw error;
  }
  return undefined;
};
const invalid = { status: 400, type: "/problems/invalid-cursor" };

// What holds for every single character and bit is tested with the cursors of the pagination pattern.
describe("cursors", () => {
  it("come back with the same scope alone", () => {
    expect(cursors.decode(made, ["user-1"])).toEqual(row);
    for (const scope of [["user-2"], ["user-1", null], [], [1]])
      expect(problemOf(() => cursors.decode(made, scope))).toMatchObject({
        ...invalid,
        detail: expect.stringContaining("made for another user's list"),
      });
  });

  it.each([
    ["list", { name: "other" }],
    ["secret", { secret: `${options.secret}!` }],
    ["version", { version: 2 }],
  ])("of another %s are refused", (_, change) => {
    const foreign = createCursors({ ...options, ...change }).encode(row, ["user-1"]);
    expect(problemOf(() => cursors.decode(foreign, ["user-1"]))).toMatchObject(invalid);
  });

  it("are refused where the payload has another form, though the signature is right", () => {
    const earlier = createCursors({ ...options, position: z.string() }).encode("7", ["user-1"]);
    expect(problemOf(() => cursors.decode(earlier, ["user-1"]))).toMatchObject(invalid);
  });

  it("are refused when they were changed, unsigned, or are too long", () => {
    const unsigned = Buffer.from(JSON.stringify(row)).toString("base64url");
    for (const text of [unsigned, `${made}A`, made.slice(1), made.replace(/.$/, "_"), "", "A=="])
      expect(
        problemOf(() => cursors.decode(text, ["user-1"])),
        text,
      ).toMatchObject(invalid);
    expect(problemOf(() => cursors.decode("A".repeat(201), ["user-1"]))).toMatchObject({
      ...invalid,
      detail: expect.stringContaining("longer than any of ours"),
    });
  });
});
