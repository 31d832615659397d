"use client";

import { useId } from "react";
import { Button } from "@/components/ui/button";
import { StatusDot } from "@/components/ui/status-dot";
import { maxRate } from "../client/writer";
import { useLive, useWriter } from "../pagination-provider";

/** Starts and stops the writer, and says how fast. */
export function WriterControls() {
  const { live } = useLive();
  const { writing, rate, problem } = useWriter();
  const id = useId();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Button
        disabled={!live}
        onClick={() => (writing ? live?.writer.stop() : live?.writer.start())}
      >
        {writing ? "Stop the writer" : "Start the writer"}
      </Button>
      <label htmlFor={id} className="flex items-center gap-2">
        <span className="text-muted">Writes a second</span>
        <input
          id={id}
          type="range"
          min={1}
          max={maxRate}
          value={rate}
          onChange={({ target }) => live?.writer.setRate(Number(target.value))}
          className="h-8 w-32 accent-(--accent)"
        />
        <output htmlFor={id} className="w-6 tabular-nums">
          {rate}
        </output>
      </label>
      <p role="status">
        <StatusDot tone={writing ? "good" : "plain"}>
          {problem ?? (writing ? "writing" : "nobody writes")}
        </StatusDot>
      </p>
    </div>
  );
}
