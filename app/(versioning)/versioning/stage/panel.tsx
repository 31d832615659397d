import type { ReactNode } from "react";

/** One question of the page: its name, what to know, its controls, and below them what came of it. */
export function Panel(props: {
  id: string;
  title: string;
  about: ReactNode;
  controls?: ReactNode;
  problem?: string | null;
  children: ReactNode;
}) {
  const { id, title, about, controls, problem, children } = props;
  return (
    <section aria-labelledby={id} className="rounded-md border border-rule bg-surface">
      <div className="space-y-3 border-rule border-b px-4 py-3 text-[0.8125rem]">
        <h3 id={id} className="display text-xl">
          {title}
        </h3>
        <div className="max-w-prose text-muted">{about}</div>
        {controls && <div className="flex flex-wrap items-center gap-3">{controls}</div>}
        {problem && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
      </div>
      {children}
    </section>
  );
}
