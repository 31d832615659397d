/** One measured value. `value` null means: not measured yet. */
export type FigureItem = {
  label: string;
  value: string | number | null;
  unit?: string;
  tone?: "good" | "bad" | "plain";
  /** How it was measured, or what it means. */
  hint?: string;
};

const tones = { good: "text-good", bad: "text-bad", plain: "text-ink" };

export function Figure({ label, value, unit, tone = "plain", hint }: FigureItem) {
  return (
    <div className="pr-4">
      <dt className="text-[0.8125rem] text-muted leading-snug">{label}</dt>
      <dd className={`display mt-1 text-[1.75rem] tabular-nums lining-nums ${tones[tone]}`}>
        {value ?? <span className="text-muted">–</span>}
        {unit && value !== null && (
          <span className="ml-1 font-sans text-muted text-sm tracking-normal">{unit}</span>
        )}
      </dd>
      {hint && <dd className="mt-1 text-muted text-xs leading-snug">{hint}</dd>}
    </div>
  );
}
