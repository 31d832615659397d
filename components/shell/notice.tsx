import type { ReactNode } from "react";

/** A page that has only something to say and something to do next. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="max-w-[38rem] py-16 sm:py-24">
      <h1 className="display text-[2.5rem] sm:text-[3.25rem]">{title}</h1>
      <div className="mt-5 space-y-5 font-display text-[1.1875rem] leading-normal">{children}</div>
    </div>
  );
}
