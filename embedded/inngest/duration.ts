const UNITS: Record<string, number> = {
  w: 7 * 24 * 3_600_000,
  d: 24 * 3_600_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/** "1h30m" or "2s" in milliseconds; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+[wdhms])+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([wdhms])/g)) {
    total += Number(count) * (UNITS[unit as string] as number);
  }
  return total;
}

/** When a duration from now, or a date in ISO 8601, is: milliseconds since 1970. */
export function timeOf(text: string, now: number): number | undefined {
  const length = durationMs(text);
  if (length !== undefined) return now + length;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}

/** `Retry-After` (RFC 9110, 10.2.3), or the ISO date that the SDK writes: milliseconds from now. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(header)) return Number(header) * 1_000;
  const time = timeOf(header, now);
  return time === undefined ? undefined : Math.max(0, time - now);
}
