/** The slowest that the body of a request may come. */
export interface PaceLimits {
  /** Each stretch of this length, in milliseconds, brings `windowBytes` or the end of the body. */
  windowMs: number;
  windowBytes: number;
  /** The whole body takes at most this long, in milliseconds, … */
  graceMs: number;
  /** … and a second more for every so many bytes: a longer body has longer, if its bytes really come. */
  bytesPerSecond: number;
}

/** What every body is held to: 1 kB/s over any 30 s, and 16 KiB/s on average once its grace is over. */
export const slowestPace = {
  windowMs: 30_000,
  windowBytes: 30_000,
  bytesPerSecond: 16 * 1024,
} as const satisfies Omit<PaceLimits, "graceMs">;

/**
 * Judges how fast a body comes. The bound grows with the bytes that came and not with those that
 * Content-Length announces: an announcement costs its sender nothing.
 */
export function createPace({ windowMs, windowBytes, graceMs, bytesPerSecond }: PaceLimits) {
  let windowEndsMs = windowMs;
  let enough = windowBytes;

  /**
   * @param elapsedMs for how long the client has been waited for, altogether
   * @param received bytes that have come in that time
   */
  return function isTooSlow(elapsedMs: number, received: number): boolean {
    if (elapsedMs > graceMs + (received / bytesPerSecond) * 1_000) return true;
    if (elapsedMs < windowEndsMs) return false;
    if (received < enough) return true;
    windowEndsMs = elapsedMs + windowMs;
    enough = received + windowBytes;
    return false;
  };
}
