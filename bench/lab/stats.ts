import type { Summary } from "./results.ts";

/** @throws Error where there is nothing to sum up */
export function summary(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error("No samples.");
  return { median: quantile(sorted, 0.5), min, max };
}

/** Between the nearest two where the place is not one of them. @param part 0 to 1 */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new Error("No samples.");
  return below + (above - below) * (place - Math.floor(place));
}
