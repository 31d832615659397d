import type { Metadata } from "next";
import { countOf, targetsOf } from "@/bench/lab/targets";
import { Section } from "@/components/pattern-page/section";
import { Missed } from "./missed";
import { readResults } from "./read-results";
import { SuiteResults } from "./suite-results";

export const metadata: Metadata = {
  title: "Benchmarks",
  description: "What each pattern costs, beside its peers, on the same machine in the same run.",
};

/** The kept results of `npm run bench`: what was reached, what was not, and how it grows. */
export default async function Benchmarks() {
  const { results, suites } = await readResults();
  const { all, reached, missed } = countOf(targetsOf(results));
  return (
    <>
      <header className="max-w-[44rem] pt-8 pb-9 sm:pt-12">
        <h1 className="display text-[2.75rem] sm:text-[4.25rem]">Benchmarks</h1>
        <p className="mt-4 font-display text-[1.3125rem] leading-snug">
          What each pattern costs, beside bare Node, other frameworks and the cheat sheet’s own
          FastAPI templates: the same work, on the same machine, in the same run.
        </p>
        <p className="mt-4 text-[0.8125rem] text-muted">
          Peers take turns within a round, ratios are made within a round, and a run is void unless
          every delivery, row and byte is there. Servers have one core, the load generator another.
          What you see is <code>bench/results/latest.json</code>; <code>npm run bench</code> writes
          it anew.
        </p>
      </header>
      <Section id="targets" title="Targets">
        {all === 0 ? (
          <p>Nothing has been measured yet.</p>
        ) : (
          <>
            <p>
              <strong>
                {reached} of {all}
              </strong>{" "}
              targets are reached
              {missed.length > 0 && `, ${missed.length} are missed`}.
            </p>
            <Missed targets={missed} />
          </>
        )}
      </Section>
      {suites.map((suite) => (
        <Section key={suite} id={suite} title={suite}>
          <SuiteResults suite={suite} result={results[suite]} />
        </Section>
      ))}
    </>
  );
}
