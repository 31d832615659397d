import type { Measured } from "@/bench/lab/results";
import { spread } from "@/bench/lab/say";

/** What the ratios are made of, behind a disclosure: every figure of every subject. */
export function Figures({ suite, workloads }: { suite: string; workloads: Measured[] }) {
  return (
    <details className="mt-5 text-[0.8125rem]">
      <summary className="link w-fit">All figures of {suite}</summary>
      {workloads.map(({ name, rounds, units, subjects }) => (
        <section key={name} aria-label={`Figures of ${name}`} className="mt-4">
          <h3 className="font-medium">
            {name} <span className="font-normal text-muted">({rounds} rounds)</span>
          </h3>
          {Object.entries(subjects).map(([subject, figures]) => (
            <dl key={subject} className="mt-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-4">
              <dt className="border-rule border-t pt-1">{subject}</dt>
              <dd className="border-rule border-t" />
              {Object.entries(figures).map(([figure, value]) => (
                <div key={figure} className="contents">
                  <dt className="pl-4 text-muted">{figure}</dt>
                  <dd className="text-right tabular-nums">
                    {spread(value)} {units[figure]}
                  </dd>
                </div>
              ))}
            </dl>
          ))}
        </section>
      ))}
    </details>
  );
}
