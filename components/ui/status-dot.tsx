import type { ReactNode } from "react";

const tones = { good: "bg-good", warn: "bg-warn", bad: "bg-bad", plain: "bg-edge" };

/** A coloured dot that also says in words what it means. */
export function StatusDot({ tone, children }: { tone: keyof typeof tones; children: ReactNode }) {
  return (
    <span className="inline-flex items-baseline gap-1.5 text-muted">
      <span
        aria-hidden
        className={`inline-block size-[0.4375rem] shrink-0 -translate-y-px rounded-[50%] ${tones[tone]}`}
      />
      {children}
    </span>
  );
}
