import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { patienceOf, runOut } from "./patience";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("runs out after its time, and not where it was ended", () => {
  const over = vi.fn();
  runOut(400, over);
  const end = runOut(400, over);
  vi.advanceTimersByTime(399);
  expect(over).not.toHaveBeenCalled();
  end();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

it("counts a blocked loop as one tick", () => {
  const signal = patienceOf(400);
  // The clock goes on, timers do not: as in a loop that is busy for a second.
  vi.setSystemTime(Date.now() + 1_000);
  vi.advanceTimersByTime(50);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(350);
  expect(signal.aborted).toBe(true);
  expect(signal.reason.name).toBe("TimeoutError");
});
