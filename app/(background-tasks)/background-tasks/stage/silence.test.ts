import { describe, expect, it } from "vitest";
import type { JobState } from "../../contract";
import { silenceOf } from "./silence";

const began = Date.parse("2026-12-01T10:00:00.000Z");
const job = (change: Partial<JobState>) =>
  ({
    status: "running",
    instance: "A",
    dueAt: null,
    restarts: 0,
    movedAt: new Date(began).toISOString(),
    ...change,
  }) as JobState;
const later = (seconds: number) => began + seconds * 1_000;

describe("silenceOf", () => {
  it("says that a step without news waits for its retry, and what comes then", () => {
    expect(silenceOf(job({}), later(11))).toBeUndefined();
    const text = silenceOf(job({}), later(20));
    expect(text).toMatch(/^Silent for 20 s\. If instance A has died, the step waits for its retry/);
    expect(text).toContain("it starts again after 5 min");
    expect(silenceOf(job({ restarts: 2 }), later(20))).toContain("starts again after 20 min");
    expect(silenceOf(job({ restarts: 3 }), later(20))).toContain("is given up after 40 min");
  });

  it("says that Inngest has not called, where no step was begun", () => {
    const text = silenceOf(job({ status: "queued", instance: null }), later(20));
    expect(text).toContain("Inngest has not called for it yet");
  });

  it("says nothing of a job that has ended, sleeps or waits for a time that it has said", () => {
    for (const status of ["done", "dead", "cancelled"] as const)
      expect(silenceOf(job({ status }), later(900))).toBeUndefined();
    for (const status of ["sleeping", "retrying"] as const) {
      const due = job({ status, dueAt: new Date(later(60)).toISOString() });
      expect(silenceOf(due, later(71))).toBeUndefined();
      expect(silenceOf(due, later(73))).toBeDefined();
    }
  });
});
