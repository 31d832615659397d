import type { ReactNode } from "react";
import type { Pattern } from "@/app/pattern";

/** Number, title, the sentence, and which part of the cheat sheet this is. */
export function PatternHeader({ pattern, note }: { pattern: Pattern; note?: ReactNode }) {
  return (
    <header className="grid gap-x-8 pt-8 pb-9 sm:pt-12 xl:grid-cols-[8rem_minmax(0,1fr)]">
      <p aria-hidden className="display text-[2.75rem] text-accent tabular-nums sm:text-[4.25rem]">
        {pattern.number}
      </p>
      <div>
        <h1 className="display text-[2.75rem] sm:text-[4.25rem]">
          <span className="sr-only">{pattern.number} </span>
          {pattern.title}
        </h1>
        <p className="mt-4 max-w-[38rem] font-display text-[1.3125rem] leading-snug">
          {pattern.sentence}
        </p>
        <p className="mt-4 text-[0.8125rem] text-muted">In the cheat sheet: {pattern.cheatSheet}</p>
        {note && <div className="mt-1">{note}</div>}
      </div>
    </header>
  );
}
