const FIRST_MS = 300;
const LONGEST_MS = 10_000;

/** How long to wait before the nth attempt after a failure: doubling, with jitter. */
export function backoff(failures: number, random = Math.random): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return bound / 2 + (bound / 2) * random();
}

/** Waits, unless it is told to stop. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
