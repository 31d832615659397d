import type { Ratio, Results } from "./results.ts";

/** A ratio of which something is asked, and where it was measured. */
export interface Target {
  suite: string;
  workload: string;
  ratio: Ratio;
}

const isTarget = ({ atMost, atLeast }: Ratio) => atMost !== undefined || atLeast !== undefined;

/** Everything that is to be reached, the growth of the curves included, suite by suite. */
export const targetsOf = (results: Results): Target[] =>
  Object.entries(results).flatMap(([suite, { workloads, growth }]) => [
    ...workloads.flatMap(({ name, ratios }) =>
      ratios.filter(isTarget).map((ratio) => ({ suite, workload: name, ratio })),
    ),
    ...growth.flatMap(({ figure, sizes, bound }) => {
      if (!bound) return [];
      const { of, atMost, grown, reached } = bound;
      const median = { median: grown, min: grown, max: grown };
      return [
        {
          suite,
          workload: `growth by ${sizes}`,
          ratio: { figure, of, atMost, reached, ...median },
        },
      ];
    }),
  ]);

/** How far beyond its target a value is, as a factor: at 1 it is just reached, below it is missed. */
export function beyond({ atMost, atLeast }: Ratio, value: number): number {
  const tiny = 1e-9;
  if (atLeast !== undefined) return value / Math.max(atLeast, tiny);
  return (atMost ?? Number.NaN) / Math.max(value, tiny);
}

/** Whose figure, by whose: `CPU a request, ours ÷ Hono`. */
export const nameOf = ({ figure, of, to }: Ratio) => `${figure}: ${of}${to ? ` ÷ ${to}` : ""}`;

/** How many targets there are, were reached, and were not; the others were void. */
export const countOf = (targets: readonly Target[]) => ({
  all: targets.length,
  reached: targets.filter(({ ratio }) => ratio.reached).length,
  missed: targets.filter(({ ratio }) => ratio.reached === false),
});
