"use client";

import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { StatusDot } from "@/components/ui/status-dot";
import type { Phase } from "../client/view";
import { useRun, useView } from "../run-provider";

const options = (values: number[], say: (value: number) => string) =>
  values.map((value) => ({ value: String(value), label: say(value) }));

const rates = options([0.2, 1, 5, 20, 50], String);
const sizes = options([32, 256, 1_024, 4_096], (n) => (n < 1_024 ? `${n} B` : `${n / 1_024} KiB`));
const intervals = options([500, 1_000, 2_000, 5_000], (ms) => `${ms / 1_000} s`);

const said: Record<Phase, [tone: "good" | "warn" | "plain", text: string]> = {
  idle: ["plain", "nothing runs"],
  starting: ["warn", "starting"],
  running: ["good", "running"],
  ending: ["warn", "waiting for the last entries"],
  ended: ["plain", "ended"],
};

/** Starts and ends the run; how fast, how large, how often asked. */
export function Controls() {
  const run = useRun();
  const { phase, settings, pollMs, problem, source } = useView();
  const [tone, text] = said[phase];
  const why = phase === "ended" && source?.ended && source.ended !== "asked" && source.ended;

  return (
    <div className="space-y-3 border-rule border-b px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-[0.8125rem]">
        {phase === "running" ? (
          <Button onClick={run?.stop}>End the run</Button>
        ) : (
          <Button
            look="solid"
            disabled={!run || phase === "starting" || phase === "ending"}
            onClick={run?.start}
          >
            Start the four lanes
          </Button>
        )}
        <p role="status">
          <StatusDot tone={tone}>
            {text}
            {why && `: ${why}`}
          </StatusDot>
        </p>
        {problem && <p className="text-bad">{problem}</p>}
      </div>
      <div className="flex flex-wrap gap-x-6 gap-y-3">
        <Choice label="Events a second">
          <Segmented
            legend="Events a second"
            options={rates}
            value={String(settings.rate)}
            onChange={(rate) => run?.change({ ...settings, rate: Number(rate) })}
          />
        </Choice>
        <Choice label="Payload">
          <Segmented
            legend="Payload"
            options={sizes}
            value={String(settings.payloadBytes)}
            onChange={(bytes) => run?.change({ ...settings, payloadBytes: Number(bytes) })}
          />
        </Choice>
        <Choice label="Short poll every">
          <Segmented
            legend="Short poll every"
            options={intervals}
            value={String(pollMs)}
            onChange={(interval) => run?.setPollMs(Number(interval))}
          />
        </Choice>
      </div>
    </div>
  );
}

function Choice({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <p aria-hidden className="mb-1 text-muted text-xs">
        {label}
      </p>
      {children}
    </div>
  );
}
