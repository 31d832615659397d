import type { Ratio, Summary } from "./results.ts";

// Figures in words, the same in the terminal, in the table and on the page.

/** Three digits say enough of what was measured. */
export const short = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en")
    : Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 });

/** `2.1 [1.9 – 2.4]` */
export function spread({ median, min, max }: Partial<Summary>): string {
  if (median === undefined || min === undefined || max === undefined) return "void";
  return `${short(median)} [${short(min)} – ${short(max)}]`;
}

/** What a ratio is to reach: `≤ 1.2`; empty where nothing is asked of it. */
export function want({ atMost, atLeast }: Ratio): string {
  if (atMost !== undefined) return `≤ ${short(atMost)}`;
  return atLeast === undefined ? "" : `≥ ${short(atLeast)}`;
}

/** The verdict on it. */
export function said({ reached, stretched, stretch }: Ratio): string {
  if (reached === undefined) return "void";
  if (!reached) return "NOT reached";
  if (stretch === undefined) return "reached";
  return `reached, ${stretched ? "and" : "not"} the stretch: ${short(stretch)}`;
}
