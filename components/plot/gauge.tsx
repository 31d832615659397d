/** How far beyond its target a figure is, by factors: 1 is the target, to the right of it is better. */
export interface Reading {
  median: number;
  min: number;
  max: number;
}

const [WIDTH, HEIGHT] = [120, 14];
/** A tenth of what is wanted at the left edge, ten times at the right one. */
const DECADES = 1;

/** The place of a factor between the edges, 0 to 1. What is beyond an edge is drawn at it. */
export function placeOf(factor: number): number {
  const at = (Math.log10(Math.max(factor, 1e-9)) + DECADES) / (2 * DECADES);
  return Math.min(1, Math.max(0, at));
}

/** The spread and the median of a figure against its target. To be put into an SVG; words say the same beside it. */
export function GaugeMarks({ reading, reached }: { reading: Reading; reached: boolean }) {
  const x = (factor: number) => 4 + placeOf(factor) * (WIDTH - 8);
  const colour = reached ? "var(--good)" : "var(--bad)";
  const middle = HEIGHT / 2;
  const [left, right] = [x(reading.min), x(reading.max)].sort((a, b) => a - b);
  return (
    <>
      <line x1={4} x2={WIDTH - 4} y1={middle} y2={middle} stroke="var(--rule)" />
      <line x1={x(1)} x2={x(1)} y1={1} y2={HEIGHT - 1} stroke="var(--muted)" strokeWidth={1.5} />
      <line x1={left} x2={right} y1={middle} y2={middle} stroke={colour} strokeWidth={3} />
      {reached ? (
        <circle cx={x(reading.median)} cy={middle} r={4} fill={colour} />
      ) : (
        <rect x={x(reading.median) - 3.5} y={middle - 3.5} width={7} height={7} fill={colour} />
      )}
    </>
  );
}

export function Gauge(props: { reading: Reading; reached: boolean }) {
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="h-3.5 w-30 max-w-full">
      <GaugeMarks {...props} />
    </svg>
  );
}
