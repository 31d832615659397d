import { z } from "zod";

// What `bench/results/latest.json` holds. The benchmarks page reads it too.

/** What a handful of samples says. */
export const summarySchema = z.object({ median: z.number(), min: z.number(), max: z.number() });
export type Summary = z.infer<typeof summarySchema>;

/** JSON knows no NaN: of a ratio all of whose rounds are void nothing is known. */
const summaryOrNothing = summarySchema.partial();

const comparison = z.object({
  figure: z.string(),
  of: z.string(),
  to: z.string().optional(),
  atMost: z.number().optional(),
  atLeast: z.number().optional(),
  stretch: z.number().optional(),
  /** Only where there is something to reach, and rounds that are not void. */
  reached: z.boolean().optional(),
  stretched: z.boolean().optional(),
});
export const ratioSchema = comparison.extend(summaryOrNothing.shape);
export type Ratio = z.infer<typeof ratioSchema>;

export const measuredSchema = z.object({
  name: z.string(),
  rounds: z.number(),
  units: z.record(z.string(), z.string()),
  subjects: z.record(z.string(), z.record(z.string(), summarySchema)),
  ratios: z.array(ratioSchema),
  /** Rounds of a subject in which the generator was the slow one: they count for no ratio. */
  voided: z.record(z.string(), z.number()).default({}),
});
export type Measured = z.infer<typeof measuredSchema>;

export const curvesSchema = z.object({
  figure: z.string(),
  unit: z.string(),
  sizes: z.string(),
  series: z.array(
    z.object({ name: z.string(), points: z.array(z.tuple([z.number(), z.number()])) }),
  ),
  /** How often the figure at the smallest size that at the largest is. */
  bound: z
    .object({ of: z.string(), atMost: z.number(), grown: z.number(), reached: z.boolean() })
    .optional(),
});
export type Curves = z.infer<typeof curvesSchema>;

export const suiteResultSchema = z.object({
  what: z.string(),
  date: z.iso.datetime(),
  quick: z.boolean(),
  machine: z.string(),
  workloads: z.array(measuredSchema),
  growth: z.array(curvesSchema).default([]),
  /** Peers that could not be started on that machine, and why. */
  absent: z.array(z.string()).default([]),
});
export type SuiteResult = z.infer<typeof suiteResultSchema>;

/** The last run of each suite, with its machine and date. */
export const resultsSchema = z.record(z.string(), suiteResultSchema);
export type Results = z.infer<typeof resultsSchema>;
