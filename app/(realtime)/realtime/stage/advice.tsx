"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { laneNames } from "../../contract";
import { toExport, toMarkdown } from "../client/export";
import { measuredOf } from "../client/measured";
import {
  ENOUGH,
  laneTitles,
  type Needs,
  type Recommendation,
  recommend,
} from "../client/recommend";
import { useView } from "../run-provider";

const directions = [
  { value: "down", label: "Server to client" },
  { value: "both", label: "Both ways" },
] as const;
const rates = [
  { value: "rare", label: "Rarely" },
  { value: "steady", label: "Every second" },
  { value: "fast", label: "Many a second" },
] as const;
const budgets = [
  { value: "100", label: "100 ms" },
  { value: "1000", label: "1 s" },
  { value: "10000", label: "10 s" },
] as const;
const proxies = [
  { value: "open", label: "Nothing special" },
  { value: "plain", label: "Plain HTTP only" },
] as const;

/** Four questions, and the choice that follows from the numbers of this run. */
export function Advice() {
  const view = useView();
  const [needs, setNeeds] = useState<Needs>({
    ...{ direction: "down", rate: "steady", budgetMs: 1_000, proxies: "open" },
  });
  const recommendation = recommend(needs, measuredOf(view.lanes), view.pollMs);
  const change = (part: Partial<Needs>) => setNeeds({ ...needs, ...part });
  const take = () => toExport(view, needs, recommendation);

  return (
    <section aria-labelledby="advice">
      <h3 id="advice" className="display text-[1.75rem]">
        Which one, then?
      </h3>
      <div className="mt-3 grid gap-x-10 gap-y-6 lg:grid-cols-[19rem_minmax(0,1fr)]">
        <div className="grid content-start gap-4 sm:grid-cols-2 lg:grid-cols-1">
          <Question text="Who has something to say?">
            <Segmented
              legend="Who has something to say?"
              options={directions}
              value={needs.direction}
              onChange={(direction) => change({ direction })}
            />
          </Question>
          <Question text="How often is there news?">
            <Segmented
              legend="How often is there news?"
              options={rates}
              value={needs.rate}
              onChange={(rate) => change({ rate })}
            />
          </Question>
          <Question text="How late may it be?">
            <Segmented
              legend="How late may it be?"
              options={budgets}
              value={`${needs.budgetMs}` as (typeof budgets)[number]["value"]}
              onChange={(budget) => change({ budgetMs: Number(budget) })}
            />
          </Question>
          <Question text="What stands between?">
            <Segmented
              legend="What stands between?"
              options={proxies}
              value={needs.proxies}
              onChange={(between) => change({ proxies: between })}
            />
          </Question>
        </div>
        <Answer recommendation={recommendation} />
      </div>
      <div className="mt-5 flex flex-wrap items-center gap-2">
        <Button
          disabled={view.seconds === 0}
          onClick={() => save("run.json", "application/json", JSON.stringify(take(), null, 2))}
        >
          <Download aria-hidden size={14} />
          Run as JSON
        </Button>
        <Button
          disabled={view.seconds === 0}
          onClick={() => save("run.md", "text/markdown", toMarkdown(take()))}
        >
          <Download aria-hidden size={14} />
          Run as Markdown
        </Button>
      </div>
    </section>
  );
}

function Question({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <div>
      <p aria-hidden className="mb-1 text-[0.8125rem]">
        {text}
      </p>
      {children}
    </div>
  );
}

function Answer({ recommendation }: { recommendation: Recommendation }) {
  if (!recommendation.enough) {
    const all = recommendation.missing.length === laneNames.length;
    const which = recommendation.missing.map((name) => laneTitles[name]).join(", ");
    return (
      <p role="status" className="max-w-prose self-center text-muted">
        The choice is made from what was measured, and too little was: each lane needs {ENOUGH}{" "}
        events that no fault disturbed.
        {all ? " Start the run." : ` Still missing: ${which}.`}
      </p>
    );
  }
  const { lane, rule, meetsBudget, reasons, others } = recommendation.advice;
  return (
    <div role="status" aria-label="Recommendation">
      <p className={`display text-[2rem] ${meetsBudget ? "text-accent" : "text-warn"}`}>
        {laneTitles[lane]}
      </p>
      <p className="text-[0.8125rem] text-muted">By the cheat sheet: {rule}</p>
      <ul className="mt-3 max-w-prose space-y-1">
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <dl className="mt-4 max-w-prose space-y-1 text-[0.8125rem]">
        {others.map(({ lane: other, because }) => (
          <div key={other} className="sm:grid sm:grid-cols-[9.5rem_minmax(0,1fr)]">
            <dt className="text-muted">{laneTitles[other]}</dt>
            <dd>{because}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Hands a file to the browser. */
function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
