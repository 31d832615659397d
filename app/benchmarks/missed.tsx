import { spread, want } from "@/bench/lab/say";
import { nameOf, type Target } from "@/bench/lab/targets";

/** The targets that were not reached, each with a link to its suite. */
export function Missed({ targets }: { targets: Target[] }) {
  if (targets.length === 0) return null;
  return (
    <>
      <h3 className="mt-4 font-medium text-bad" id="missed">
        Missed
      </h3>
      <ul aria-labelledby="missed" className="mt-1 text-[0.8125rem]">
        {targets.map(({ suite, workload, ratio }) => (
          <li
            key={`${suite} ${workload} ${nameOf(ratio)} ${want(ratio)}`}
            className="border-rule border-t py-1.5"
          >
            <a href={`#${suite}`} className="link">
              {suite}
            </a>
            , {workload}: {nameOf(ratio)} is <b className="tabular-nums">{spread(ratio)}</b>, wanted{" "}
            {want(ratio)}
          </li>
        ))}
      </ul>
    </>
  );
}
