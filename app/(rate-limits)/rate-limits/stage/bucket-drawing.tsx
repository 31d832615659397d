import type { DrawingProps } from "./window-drawings";

const [WIDTH, HEIGHT, TOP] = [220, 130, 14];
const BASE = HEIGHT - 18;
const [LEFT, RIGHT] = [60, 160];

/** The bucket: a notch for each token, filled as high as the server has it, to a part of one. */
export function BucketDrawing({ state: { level = 0 }, quota }: DrawingProps) {
  const { limit, windowMs } = quota;
  const tokens = level / windowMs;
  const step = (BASE - TOP) / limit;
  const y = BASE - tokens * step;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${tokens.toFixed(1)} of ${limit} tokens in the bucket, ${((limit * 1_000) / windowMs).toFixed(0)} more each second`}
      className="mt-1 w-full"
    >
      <rect x={LEFT} y={y} width={RIGHT - LEFT} height={BASE - y} className="fill-accent/35" />
      {Array.from({ length: limit - 1 }, (_, i) => BASE - (i + 1) * step).map((at) => (
        <line key={at} x1={LEFT} x2={LEFT + 8} y1={at} y2={at} className="stroke-edge" />
      ))}
      <path
        d={`M${LEFT} ${TOP - 6} V${BASE} H${RIGHT} V${TOP - 6}`}
        className="fill-none stroke-ink"
      />
      <text
        x={RIGHT + 8}
        y={Math.max(TOP + 4, y + 4)}
        className="fill-ink text-[11px] tabular-nums"
      >
        {tokens.toFixed(1)}
      </text>
      <text x={WIDTH / 2} y={HEIGHT - 4} textAnchor="middle" className="fill-muted text-[10px]">
        {((limit * 1_000) / windowMs).toFixed(0)} a second come back
      </text>
    </svg>
  );
}
