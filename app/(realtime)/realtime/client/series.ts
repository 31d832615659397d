import type { Delivery } from "./lane-stats";

/** Columns as uPlot wants them: the times, then a column for each lane; null where nothing came. */
export type Series = [times: number[], ...lanes: (number | null)[][]];

/**
 * The slowest delivery of each bucket of time, for each lane. The times are seconds before `end`,
 * and negative.
 */
export function seriesOf(
  lanes: readonly (readonly Delivery[])[],
  end: number,
  { windowMs = 60_000, bucketMs = 500 } = {},
): Series {
  const buckets = Math.ceil(windowMs / bucketMs);
  // On a grid that does not move with `end`: a bucket keeps its deliveries as time goes by.
  const first = Math.floor(end / bucketMs) - buckets + 1;
  const times = Array.from({ length: buckets }, (_, i) => ((first + i) * bucketMs - end) / 1_000);
  const columns = lanes.map((deliveries) => {
    const column: (number | null)[] = Array(buckets).fill(null);
    for (const { at, latencyMs } of deliveries) {
      const bucket = Math.floor(at / bucketMs) - first;
      if (bucket < 0 || bucket >= buckets) continue;
      column[bucket] = Math.max(column[bucket] ?? 0, latencyMs);
    }
    return column;
  });
  return [times, ...columns];
}
