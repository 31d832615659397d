/** Bytes sent at a moment, in milliseconds. */
interface Sample {
  at: number;
  sent: number;
}

const WINDOW_MS = 3_000;
/** Below this much time a rate says nothing. */
const ENOUGH_MS = 250;

/**
 * The rate over the last three seconds, and the time that is left at that rate. The window forgets
 * what was before a pause; an average over all would remember it to the end.
 */
export function createMeter(size: number, windowMs = WINDOW_MS) {
  let samples: Sample[] = [];
  return {
    add(at: number, sent: number): void {
      samples.push({ at, sent });
      const oldest = samples.findLastIndex((sample) => sample.at <= at - windowMs);
      if (oldest > 0) samples = samples.slice(oldest);
    },
    /** After a pause the time without bytes does not count. */
    restart(): void {
      samples = [];
    },
    /** Bytes a second; null until there is enough to tell. */
    rate(): number | null {
      const [first, last] = [samples[0], samples.at(-1)];
      if (!first || !last || last.at - first.at < ENOUGH_MS) return null;
      return Math.max(0, ((last.sent - first.sent) / (last.at - first.at)) * 1_000);
    },
    /** Seconds until all is sent; null while nobody can say. */
    secondsLeft(): number | null {
      const rate = this.rate();
      const sent = samples.at(-1)?.sent ?? 0;
      return rate ? (size - sent) / rate : null;
    },
  };
}

export type Meter = ReturnType<typeof createMeter>;

const units = ["B", "kB", "MB", "GB"] as const;

/** Bytes as people say them: 1 MB is a million. */
export function bytesText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1_000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}

export const rateText = (rate: number | null) =>
  rate === null ? "–" : `${(rate / 1e6).toFixed(rate < 1e7 ? 1 : 0)} MB/s`;

export function durationText(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.floor(seconds % 60)} s`;
}
