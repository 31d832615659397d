import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ask, type Sending } from "./ask";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store that never answers. */
const hang = ({ abortSignal }: Sending) =>
  new Promise<never>((_, reject) => {
    abortSignal.addEventListener("abort", () => reject(abortSignal.reason));
  });

test.each([
  ["15 s", {}, 15_000],
  ["60 s where bytes of a file are on their way", { bytes: true }, 60_000],
])("a store that hangs is given up after %s", async (_, patience, ms) => {
  const told = vi.fn();
  const asking = ask(hang, patience).catch(told);
  await vi.advanceTimersByTimeAsync(ms - 1);
  expect(told).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await asking;
  expect(told).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
});
