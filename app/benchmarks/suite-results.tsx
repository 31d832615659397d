import type { SuiteResult } from "@/bench/lab/results";
import { short } from "@/bench/lab/say";
import { GrowthPlot } from "@/components/plot/growth-plot";
import { Figures } from "./figures";
import { Ratios } from "./ratios";

/** One suite: where and when it was measured, its ratios against their targets, its growth, its figures. */
export function SuiteResults({
  suite,
  result,
}: {
  suite: string;
  result: SuiteResult | undefined;
}) {
  if (!result)
    return (
      <p className="text-muted">
        No result yet: <code>npm run bench -- {suite}</code> measures it.
      </p>
    );
  const { what, date, machine, quick, workloads, growth, absent } = result;
  return (
    <>
      <p>Measures {what}</p>
      <p className="mt-1 text-[0.8125rem] text-muted">
        <time dateTime={date}>{date.slice(0, 10)}</time>, {machine}
        {quick && ", a quick run: rough"}
      </p>
      {absent.map((one) => (
        <p key={one} className="mt-1 text-[0.8125rem] text-warn">
          Not compared with {one}
        </p>
      ))}
      <Ratios suite={suite} workloads={workloads} />
      {growth.length > 0 && (
        <div className="mt-5 grid gap-6 sm:grid-cols-2">
          {growth.map((one) => (
            <figure key={`${one.figure} ${one.sizes} ${one.series.length} ${one.unit}`}>
              <GrowthPlot growth={one} />
              {one.bound && (
                <figcaption className="text-[0.8125rem]">
                  {one.bound.of} grows {short(one.bound.grown)} times, wanted at most{" "}
                  {short(one.bound.atMost)}:{" "}
                  <span className={one.bound.reached ? "text-good" : "text-bad"}>
                    {one.bound.reached ? "reached" : "NOT reached"}
                  </span>
                </figcaption>
              )}
            </figure>
          ))}
        </div>
      )}
      <Figures suite={suite} workloads={workloads} />
    </>
  );
}
