import type { Measured, Ratio } from "@/bench/lab/results";
import { said, spread, want } from "@/bench/lab/say";
import { beyond, nameOf } from "@/bench/lab/targets";
import { Gauge } from "@/components/plot/gauge";

const colour = ({ reached }: Ratio) =>
  reached === undefined ? "text-warn" : reached ? "text-good" : "text-bad";

/** The ratios of each workload, and whether they are what was wanted. */
export function Ratios({ suite, workloads }: { suite: string; workloads: Measured[] }) {
  return (
    <table className="mt-4 w-full text-[0.8125rem]">
      <caption className="sr-only">Ratios of {suite}</caption>
      <thead>
        <tr className="text-left text-muted">
          <th className="py-1 pr-3 font-normal">Ratio</th>
          <th className="py-1 pr-3 font-normal">Median [min – max]</th>
          <th className="py-1 font-normal">Wanted</th>
        </tr>
      </thead>
      {workloads
        .filter(({ ratios }) => ratios.length > 0)
        .map(({ name, ratios, voided, rounds }) => (
          <tbody key={name}>
            <tr className="border-rule border-t">
              <th colSpan={3} scope="rowgroup" className="pt-2 text-left font-medium">
                {name}
                {Object.entries(voided).map(([subject, times]) => (
                  <span key={subject} className="block font-normal text-warn">
                    Void in {times} of {rounds} rounds: {subject}. The generator was the slow one.
                  </span>
                ))}
              </th>
            </tr>
            {ratios.map((ratio) => (
              <tr key={`${nameOf(ratio)} ${want(ratio)}`} className="align-top">
                <td className="wrap-anywhere py-1 pr-3">{nameOf(ratio)}</td>
                <td className="py-1 pr-3 tabular-nums">
                  {spread(ratio)}
                  {want(ratio) && ratio.median !== undefined && (
                    <span className="block">
                      <Gauge reading={readingOf(ratio)} reached={ratio.reached === true} />
                    </span>
                  )}
                </td>
                <td className="py-1">
                  {want(ratio)}
                  {want(ratio) && <span className={`block ${colour(ratio)}`}>{said(ratio)}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        ))}
    </table>
  );
}

const readingOf = (ratio: Ratio) => ({
  median: beyond(ratio, ratio.median ?? 0),
  min: beyond(ratio, ratio.min ?? 0),
  max: beyond(ratio, ratio.max ?? 0),
});
