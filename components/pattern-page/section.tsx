import type { ReactNode } from "react";

/** A part of a pattern page: its name in the margin on wide screens, above the content on narrow ones. */
export function Section(props: { id: string; title: string; children: ReactNode }) {
  return (
    <section
      aria-labelledby={props.id}
      className="grid gap-x-8 gap-y-4 border-rule border-t py-7 xl:grid-cols-[8rem_minmax(0,1fr)]"
    >
      <h2 id={props.id} className="small-caps text-muted">
        {props.title}
      </h2>
      <div className="min-w-0">{props.children}</div>
    </section>
  );
}
