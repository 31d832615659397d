"use client";

import { Button } from "@/components/ui/button";
import { useRun, useView } from "../run-provider";

/** Faults to cause, on all four lanes at once. */
export function Faults() {
  const run = useRun();
  const { phase, hidden, stalled, faults } = useView();
  const running = phase === "running";
  const last = faults.at(-1);
  return (
    <div className="border-rule border-t px-4 py-3 text-[0.8125rem]">
      <h3 className="small-caps text-muted">Break it</h3>
      <div className="mt-1 flex flex-wrap gap-2">
        <Button disabled={!running} onClick={run?.drop}>
          Drop the connections
        </Button>
        <Button disabled={!running || stalled} onClick={run?.stall}>
          Stall for 5 s
        </Button>
        <Button disabled={!running} onClick={run?.loseNext}>
          Lose the next answer
        </Button>
        <Button disabled={!running} aria-pressed={hidden} onClick={() => run?.hide(!hidden)}>
          {hidden ? "Show the tab again" : "Hide the tab"}
        </Button>
      </div>
      <p role="status" className="mt-2 text-muted empty:hidden">
        {last && `After ${last.atSeconds.toFixed(0)} s: ${last.what}.`}
      </p>
      <p className="mt-2 max-w-prose text-muted text-xs">
        In a stall this page takes nothing: polls are not sent, what is pushed waits in the page.
        Hidden, the polls pause and the open connections stay. What is lost is noticed by its
        missing number.
      </p>
    </div>
  );
}
