import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesText, createMeter, durationText, rateText } from "./progress";

test("a steady rate is that rate, and says when it ends", () => {
  const meter = createMeter(1_000_000);
  for (let at = 0; at <= 5_000; at += 100) meter.add(at, at * 100);
  expect(meter.rate()).toBe(100_000);
  expect(meter.secondsLeft()).toBe(5);
});

test("nothing is said before there is enough to tell", () => {
  const meter = createMeter(100);
  expect([meter.rate(), meter.secondsLeft()]).toEqual([null, null]);
  meter.add(0, 0);
  meter.add(200, 50);
  expect(meter.rate()).toBeNull();
});

test("only the last seconds count, and a pause does not", () => {
  const meter = createMeter(10_000_000);
  for (let at = 0; at <= 10_000; at += 100) meter.add(at, at);
  for (let at = 10_100; at <= 20_000; at += 100) meter.add(at, 10_000 + (at - 10_000) * 50);
  expect(meter.rate()).toBe(50_000);
  meter.restart();
  meter.add(90_000, 600_000);
  meter.add(91_000, 700_000);
  expect(meter.rate()).toBe(100_000);
});

test("a connection that stalls has no time left to name", () => {
  const meter = createMeter(100);
  meter.add(0, 50);
  meter.add(1_000, 50);
  expect([meter.rate(), meter.secondsLeft()]).toEqual([0, null]);
});

test("rates are never negative or infinite, whatever is sent again", () => {
  const steps = fc.array(fc.tuple(fc.nat(500), fc.nat(1_000)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (all) => {
      const meter = createMeter(1_000);
      let at = 0;
      for (const [ms, sent] of all) {
        at += ms;
        meter.add(at, sent);
      }
      const rate = meter.rate();
      expect(rate === null || (rate >= 0 && Number.isFinite(rate))).toBe(true);
    }),
  );
});

test("figures for people", () => {
  expect([0, 999, 1_000, 1_500_000, 123_456_789, 5e9].map(bytesText)).toEqual([
    ...["0 B", "999 B", "1.0 kB", "1.5 MB", "123 MB", "5.0 GB"],
  ]);
  expect([null, 0, 9.94e6, 250e6].map(rateText)).toEqual(["–", "0.0 MB/s", "9.9 MB/s", "250 MB/s"]);
  expect([null, 0.2, 59.5, 61, 3_725].map(durationText)).toEqual([
    ...["–", "1 s", "60 s", "1 min 1 s", "62 min 5 s"],
  ]);
});
