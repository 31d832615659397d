"use client";

import { Advice } from "./advice";
import { Controls } from "./controls";
import { Faults } from "./faults";
import { LaneTable } from "./lane-table";
import { Plot } from "./plot";

/** The run: its controls, the latency of each lane, what each has cost, and what follows from it. */
export function Stage() {
  return (
    <div className="space-y-8">
      <div className="rounded-md border border-rule bg-surface">
        <Controls />
        <Plot />
        <LaneTable />
        <Faults />
      </div>
      <Advice />
    </div>
  );
}
