import { expect, test } from "vitest";
import { createPace, slowestPace } from "./pace";

const limits = { ...slowestPace, graceMs: 60_000 };

/** When a client that sends this many bytes a second is given up, looking every second. */
function givenUpAfter(bytesPerSecond: number, hours = 24): number | undefined {
  const isTooSlow = createPace(limits);
  for (let second = 1; second <= hours * 3_600; second++)
    if (isTooSlow(second * 1_000, second * bytesPerSecond)) return second;
  return undefined;
}

test("a byte every five seconds is given up after the first window", () => {
  expect(givenUpAfter(0.2)).toBe(30);
  expect(givenUpAfter(999)).toBe(30);
});

test("a slow client is given up once its grace is over, whatever length it has announced", () => {
  // 60 s and what has come in them at 16 KiB/s: a client at 8 KiB/s has twice the grace.
  expect(givenUpAfter(1_000)).toBe(64);
  expect(givenUpAfter(8 * 1024)).toBe(121);
});

test("a client that keeps the pace may go on for as long as it has something to send", () => {
  expect(givenUpAfter(16 * 1024)).toBeUndefined();
});

test("a client that was fast and falls back to a drip is given up within two windows", () => {
  const isTooSlow = createPace(limits);
  const sent = 100 * 1024 * 1024;
  let second = 10;
  for (; second < 1_000; second++) if (isTooSlow(second * 1_000, sent + second)) break;
  expect(second).toBeLessThanOrEqual(60);
});
