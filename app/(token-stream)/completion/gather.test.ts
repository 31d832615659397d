import { expect, it } from "vitest";
import { gather } from "./gather";

it("waits for nothing while few answers run", () => {
  for (const running of [0, 1, 8]) expect(gather(running)).toBeUndefined();
});

it("waits 50 ms at most, however many answers run, together with those that wait at the same time", async () => {
  const begun = performance.now();
  const together = Array.from({ length: 100 }, () => gather(1_000));
  expect(new Set(together).size).toBeLessThanOrEqual(2);
  await Promise.all(together);
  const waited = performance.now() - begun;
  expect(waited).toBeGreaterThan(35);
  // Timers are late on a machine that is busy; what is planned is 50 ms.
  expect(waited).toBeLessThan(500);
});
