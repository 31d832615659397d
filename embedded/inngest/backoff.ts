/** Seconds. The real server waits 15, 30, 60, 120, 300, 600 … seconds: too long to watch. */
const TABLE = [1, 2, 5, 10, 30, 60, 120, 300, 600];

/** The local table with up to a fifth more, so that what failed together does not return together. */
export function defaultBackoff(attempt: number, random: () => number): number {
  const seconds = TABLE[Math.min(attempt, TABLE.length - 1)] as number;
  return Math.round(seconds * 1_000 * (1 + random() / 5));
}
