import type { GrowthAxes, Workload } from "../suite.ts";
import type { Curves, Measured } from "./results.ts";

/** The curves of a suite: a figure of each subject by the size of the work. */
export function growthOf(
  axes: readonly GrowthAxes[],
  runs: readonly { workload: Pick<Workload, "size">; measured: Measured }[],
): Curves[] {
  return axes.flatMap(({ figure, sizes, among = "", bound }) => {
    const series = new Map<string, [number, number][]>();
    let unit = "";
    for (const { workload, measured } of runs) {
      if (!measured.name.includes(among)) continue;
      unit = measured.units[figure] ?? unit;
      for (const [subject, figures] of Object.entries(measured.subjects)) {
        const at = placeOf(workload.size, subject);
        const value = figures[figure]?.median;
        if (!at || value === undefined) continue;
        series.set(at.series, [...(series.get(at.series) ?? []), [at.size, value]]);
      }
    }
    const curves = [...series].map(([name, points]) => ({
      name,
      points: points.toSorted(([a], [b]) => a - b),
    }));
    if (curves.length === 0) return [];
    return [{ figure, unit, sizes, series: curves, ...(bound && boundOf(bound, curves)) }];
  });
}

function boundOf({ of, atMost }: NonNullable<GrowthAxes["bound"]>, series: Curves["series"]) {
  const points = series.find(({ name }) => name === of)?.points ?? [];
  const [first, last] = [points[0]?.[1], points.at(-1)?.[1]];
  if (points.length < 2 || first === undefined || last === undefined) return undefined;
  const grown = last / first;
  return { bound: { of, atMost, grown, reached: grown <= atMost } };
}

function placeOf(size: Workload["size"], subject: string) {
  if (size === undefined) return undefined;
  return typeof size === "number" ? { series: subject, size } : size[subject];
}
