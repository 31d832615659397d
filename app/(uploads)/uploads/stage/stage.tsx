"use client";

import { useView } from "../board-provider";
import { Dropzone } from "./dropzone";
import { LaneCards } from "./lane-cards";
import { MemoryPlot } from "./memory-plot";
import { TamperBench } from "./tamper-bench";
import { UploadList } from "./upload-list";

/** Files on four lanes, the server's memory beside them, what is stored, and a form to tamper with. */
export function Stage() {
  const { problem } = useView();
  return (
    <div className="space-y-8">
      <div className="rounded-md border border-rule bg-surface">
        <Dropzone />
        <LaneCards />
        <MemoryPlot />
      </div>
      {problem && <p className="text-bad">{problem}</p>}
      <UploadList />
      <TamperBench />
    </div>
  );
}
