"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { StatusDot } from "@/components/ui/status-dot";
import { hasEnded, type JobState, jobLimits } from "../../contract";
import { useLive } from "../board-provider";
import { Countdown } from "./countdown";
import { SilenceNote } from "./silence-note";
import { StepList } from "./step-list";

const tones = {
  queued: "plain",
  sleeping: "plain",
  running: "warn",
  retrying: "warn",
  done: "good",
  dead: "bad",
  cancelled: "plain",
} as const;

/** One job: where it stands, its steps, and what can be done with it. */
export function JobItem({ job }: { job: JobState }) {
  const { board } = useLive();
  const [said, setSaid] = useState("");
  const { id, status, attempt, maxAttempts, round, restarts, dueAt, error, effects } = job;
  const order = (what: "cancel" | "replay") => () =>
    board?.[what](id).then(
      () => setSaid(""),
      (refusal: Error) => setSaid(refusal.message),
    );
  return (
    <li className="px-4 py-2.5 text-[0.8125rem]" data-job={id} data-status={status}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusDot tone={tones[status]}>{status === "dead" ? "dead letter" : status}</StatusDot>
        {attempt > 0 && (
          <span className="text-muted tabular-nums">
            attempt {attempt} of {maxAttempts}
          </span>
        )}
        {round > 1 && <span className="text-muted">replay {round - 1}</span>}
        {restarts > 0 && (
          <span className="text-muted">
            started again {restarts} of {jobLimits.restarts} times
          </span>
        )}
        <span className="ml-auto">
          {!hasEnded(status) && <Button onClick={order("cancel")}>Cancel</Button>}
          {status === "dead" && (
            <Button onClick={order("replay")}>Replay without its faults</Button>
          )}
        </span>
      </div>
      {dueAt && (
        <Countdown
          until={Date.parse(dueAt)}
          what={status === "sleeping" ? "Wakes" : "Next attempt"}
        />
      )}
      {!hasEnded(status) && <SilenceNote job={job} />}
      <StepList steps={job.steps} />
      {error && !hasEnded(status) && <p className="mt-1 text-muted">{error}</p>}
      {status === "dead" && <p className="mt-1 text-bad">{error}</p>}
      {effects.length > 0 && (
        <p className="mt-1 text-muted text-xs">
          Ledger: {effects.map(({ step, instance }) => `${step} (${instance})`).join(", ")}
        </p>
      )}
      {status === "done" && <Result result={job.result} />}
      <p role="status" className="text-bad empty:hidden">
        {said}
      </p>
    </li>
  );
}

function Result({ result }: { result: unknown }) {
  return (
    <p className="mt-1 font-mono text-muted text-xs [overflow-wrap:anywhere]">
      {JSON.stringify(result)}
    </p>
  );
}
