"use client";

import { Button } from "@/components/ui/button";
import { StatusDot } from "@/components/ui/status-dot";
import { fault, type WhenDown, whenDown } from "../../contract";
import type { Outcome } from "../client/ask";
import { PLUG_SECONDS } from "../client/trials";
import { useLab, useView } from "../lab-provider";
import { time } from "./looks";
import { useNow } from "./use-now";

const faultNames = { hang: "Let it hang", refuse: "Refuse connections", error: "Answer 500" };
const policies: Record<WhenDown, string> = {
  open: "Open: everybody is let in, and told so",
  insured: "Insured: each instance counts for itself",
  closed: "Closed: nobody is let in",
};

/** Pulls the plug of Redis; three routes that have declared different things answer side by side. */
export function Plug() {
  const lab = useLab();
  const { canPull, plug, down, backAfterMs } = useView();
  return (
    <section aria-labelledby="plug">
      <h3 id="plug" className="display text-xl italic">
        Pull the plug
      </h3>
      <p className="mt-1 max-w-prose text-[0.8125rem] text-muted">
        {canPull
          ? `Redis fails for ${PLUG_SECONDS} s, for every visitor and instance. Each route does what it has declared.`
          : "Only where the embedded Redis of the demo is in use."}
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        {fault.options.map((name) => (
          <Button
            key={name}
            className="text-bad"
            disabled={!lab || !canPull || plug !== null}
            onClick={() => lab?.pull(name)}
          >
            {faultNames[name]}
          </Button>
        ))}
      </div>
      <p role="status" className="mt-2 text-[0.8125rem] text-muted empty:hidden">
        {plug
          ? "The plug is pulled."
          : backAfterMs !== null && `Redis decides again, ${time(backAfterMs)} after it came back.`}
      </p>
      {plug && <Countdown endsAt={plug.endsAt} />}
      <dl className="mt-3 grid max-w-2xl gap-y-2 text-[0.8125rem]">
        {whenDown.options.map((name) => (
          <div
            key={name}
            className="grid gap-x-4 border-rule border-t pt-2 sm:grid-cols-[1fr_16rem]"
          >
            <dt>{policies[name]}</dt>
            <dd className="tabular-nums">
              <Answer outcome={down[name]} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Countdown({ endsAt }: { endsAt: number }) {
  const left = Math.max(0, endsAt - useNow());
  return (
    <p className="text-[0.8125rem] text-muted tabular-nums">
      {left > 0 ? `Back in ${Math.ceil(left / 1_000)} s` : "Back any moment"}
    </p>
  );
}

function Answer({ outcome }: { outcome?: Outcome }) {
  if (!outcome) return <span className="text-muted">not asked yet</span>;
  const { status, ms, decidedBy = "nobody" } = outcome;
  const tone = status === 200 ? (decidedBy === "redis" ? "good" : "warn") : "bad";
  return (
    <StatusDot tone={tone}>
      {status} in {time(ms)}, decided by {decidedBy}
    </StatusDot>
  );
}
