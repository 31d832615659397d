import { describe, expect, it } from "vitest";
import { broadcastText, createTally } from "./tally.ts";

const frame = (n: number) => `data: {"text":"${broadcastText(n)}"}\n\n`;

/** Sends bytes to a reader, cut into pieces of that size. */
function send(tally: ReturnType<typeof createTally>, reader: number, text: string, size = 7) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) tally.take(reader, bytes.subarray(at, at + size));
}

describe("a tally", () => {
  it("counts each broadcast to each reader, however it is cut, and tells its time", () => {
    const tally = createTally(3);
    let more = 0;
    tally.begin(() => more++);
    for (const reader of [0, 1, 2]) send(tally, reader, frame(0) + frame(1));
    expect([tally.total, more]).toEqual([6, 6]);
    const lags = tally.check(2);
    expect(lags).toHaveLength(6);
    expect(Math.min(...lags)).toBeGreaterThan(-1);
  });

  it("finds one that is missing, and one that came twice in place of another", () => {
    const tally = createTally(2);
    tally.begin(() => undefined);
    send(tally, 0, frame(0) + frame(1));
    send(tally, 1, frame(0));
    expect(() => tally.check(2)).toThrow("Reader 1 was sent 1 of 2");
    send(tally, 1, frame(0));
    expect(() => tally.check(2)).toThrow("Reader 1 has seen 1 of 2");
  });

  it("finds what came after the end", () => {
    const tally = createTally(2);
    tally.begin(() => undefined);
    send(tally, 1, frame(0));
    expect(() => tally.begin(() => undefined)).toThrow("after the end");
  });
});
