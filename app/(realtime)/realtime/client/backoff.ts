const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * How long to wait after so many failures in a row: doubling, with jitter, so that those who were cut
 * off together do not come back together.
 */
export function backoff(failures: number, random = Math.random): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return bound / 2 + (bound / 2) * random();
}
