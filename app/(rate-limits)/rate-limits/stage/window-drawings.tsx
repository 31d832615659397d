import type { Quota } from "@/lib/rate-limit/policy";

export interface DrawingProps {
  state: Record<string, number>;
  quota: Quota;
  /** By the clock that counts. */
  now: number;
}

const [WIDTH, HEIGHT, TOP] = [220, 130, 14];
const BASE = HEIGHT - 18;

/** A column of units in a window: as high as its share of the limit. */
function Column(props: { x: number; width: number; share: number; className: string }) {
  const height = Math.min(1, props.share) * (BASE - TOP);
  return (
    <rect
      x={props.x}
      width={props.width}
      y={BASE - height}
      height={height}
      className={props.className}
    />
  );
}

function Frame({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} className="mt-1 w-full">
      <line x1="0" x2={WIDTH} y1={TOP} y2={TOP} className="stroke-bad" strokeDasharray="4 3" />
      <text x="0" y={TOP - 4} className="fill-bad text-[10px]">
        limit
      </text>
      {children}
      <line x1="0" x2={WIDTH} y1={BASE} y2={BASE} className="stroke-edge" />
    </svg>
  );
}

/** The window of the clock: how much of it is over, and what was spent in it. */
export function FixedDrawing({ state: { window = 0, count = 0 }, quota, now }: DrawingProps) {
  const { limit, windowMs } = quota;
  const over = Math.max(0, Math.min(1, (now - window * windowMs) / windowMs));
  const seconds = (windowMs * (1 - over)) / 1_000;
  const label = `${count} of ${limit} spent in this window, which ends in ${seconds.toFixed(0)} s`;
  const x = over * WIDTH;
  return (
    <Frame label={label}>
      <Column x={0} width={WIDTH} share={count / limit} className="fill-accent/35" />
      <line x1={x} x2={x} y1={TOP} y2={BASE} className="stroke-ink" />
      <text x="0" y={HEIGHT - 4} className="fill-muted text-[10px]">
        window {window % 1_000}
      </text>
      <text x={WIDTH} y={HEIGHT - 4} textAnchor="end" className="fill-muted text-[10px]">
        ends in {seconds.toFixed(1)} s
      </text>
    </Frame>
  );
}

/** Two sub-windows, and over them the last window's length: what it covers of the first still counts. */
export function SlidingDrawing({ state, quota, now }: DrawingProps) {
  const { window = 0, count = 0, previous = 0 } = state;
  const { limit, windowMs } = quota;
  const over = Math.max(0, Math.min(1, (now - window * windowMs) / windowMs));
  const carried = Math.floor((1 - over) * previous);
  const half = WIDTH / 2;
  const from = over * half;
  return (
    <Frame
      label={`${count} spent in the present sub-window, ${carried} of ${previous} still count from the one before: ${count + carried} of ${limit}`}
    >
      <Column x={0} width={half} share={previous / limit} className="fill-accent/15" />
      <rect x={from} y={TOP} width={half} height={BASE - TOP} className="fill-accent-wash" />
      <Column x={from} width={half - from} share={previous / limit} className="fill-accent/35" />
      <Column x={half} width={from} share={count / limit} className="fill-accent/35" />
      <line x1={half} x2={half} y1={TOP} y2={BASE} className="stroke-edge" />
      <line x1={half + from} x2={half + from} y1={TOP} y2={BASE} className="stroke-ink" />
      <text x="0" y={HEIGHT - 4} className="fill-muted text-[10px]">
        before: {carried} of {previous} count
      </text>
      <text x={WIDTH} y={HEIGHT - 4} textAnchor="end" className="fill-muted text-[10px]">
        now: {count}
      </text>
    </Frame>
  );
}
