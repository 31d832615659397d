import { gapBounds } from "./client/view";

const labels = [
  ...gapBounds.map((bound, n) => `${gapBounds[n - 1] ?? 0}–${bound} ms`),
  `over ${gapBounds.at(-1)?.toLocaleString("en")} ms`,
];

/** How long it took from one frame to the next. The numbers say what the bars show. */
export function GapHistogram({ gaps }: { gaps: readonly number[] }) {
  const most = Math.max(1, ...gaps);
  return (
    <div className="mt-8 max-w-xl">
      <h3 className="small-caps text-muted">Gaps between frames</h3>
      <ul className="mt-2 space-y-1 text-xs tabular-nums">
        {labels.map((label, n) => (
          <li key={label} className="grid grid-cols-[7rem_minmax(0,1fr)_3rem] items-center gap-3">
            <span className="text-muted">{label}</span>
            <span aria-hidden className="h-3">
              <span
                className="block h-full bg-accent"
                style={{ width: `${((gaps[n] ?? 0) / most) * 100}%` }}
              />
            </span>
            <span className="text-right">{gaps[n]}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
