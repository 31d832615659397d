import { describe, expect, it } from "vitest";
import type { LogEntry } from "@/lib/log/types";
import { apply, never } from "./control";

const settings = { rate: 5, payloadBytes: 64 };
const entry = (seq: number, type: string, data: object): LogEntry => ({
  ...{ stream: "s", seq, type, data, key: null, at: new Date(0) },
});
const fold = (...entries: LogEntry[]) => entries.reduce(apply, never);

describe("the state of a source", () => {
  it("follows the commands", () => {
    const started = entry(3, "started", { settings });
    expect(fold(started)).toEqual({ run: 3, running: true, settings, ended: null });
    const faster = { rate: 50, payloadBytes: 64 };
    const changed = entry(4, "changed", { run: 3, settings: faster });
    expect(fold(started, changed)).toMatchObject({ running: true, settings: faster });
    const stopped = entry(5, "stopped", { run: 3, reason: "nobody watches" });
    expect(fold(started, changed, stopped)).toEqual({
      ...{ run: 3, running: false, settings: faster, ended: "nobody watches" },
    });
  });

  it("does not hear what is said to a run that was replaced", () => {
    const late = entry(6, "stopped", { run: 3, reason: "asked" });
    const [first, second] = [3, 5].map((seq) => entry(seq, "started", { settings }));
    expect(fold(first as LogEntry, second as LogEntry, late)).toMatchObject({
      ...{ run: 5, running: true },
    });
  });

  it("is known from the last commands alone", () => {
    const changed = entry(40, "changed", { run: 3, settings });
    expect(fold(changed)).toEqual({ run: 3, running: true, settings, ended: null });
  });
});
