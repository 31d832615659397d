import { describe, expect, it, vi } from "vitest";
import { HttpError } from "@/lib/http";
import { jobLimits } from "../contract";
import { jobCursors } from "./cursor";
import type { Place } from "./rows";

vi.stubEnv("SESSION_SECRET", "a secret of at least thirty-two characters");

const [mine, another] = [crypto.randomUUID(), crypto.randomUUID()];
const statusOf = (text: string) => {
  try {
    jobCursors().decode(text, [mine]);
  } catch (error) {
    if (error instanceof HttpError) return error.problem();
    throw error;
  }
  return undefined;
};

describe("cursors of jobs", () => {
  it("come back to their own user", () => {
    const place: Place = ["2026-12-01 10:00:00.123456+00", crypto.randomUUID()];
    const cursor = jobCursors().encode(place, [mine]);
    expect(cursor.length).toBeLessThanOrEqual(jobLimits.cursorCharacters);
    expect(jobCursors().decode(cursor, [mine])).toEqual(place);
    expect(statusOf(jobCursors().encode(place, [another]))).toMatchObject({ status: 400 });
  });

  it.each([
    "2026-02-30 00:00:00+00",
    "2026-01-01 00:00:00+99:00",
    "2026-01-01 24:00:00+00",
    "infinity",
    "now()",
  ])("that were made elsewhere never reach the database: %s", (time) => {
    const forged = Buffer.from(JSON.stringify([time, crypto.randomUUID()])).toString("base64url");
    expect(statusOf(forged)).toMatchObject({ status: 400, type: "/problems/invalid-cursor" });
  });
});
