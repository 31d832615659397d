"use client";

import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { type Way, ways } from "../../contract";
import { useBoard, useView } from "../board-provider";
import { generateFile } from "../client/generated-file";
import { bytesText } from "../client/progress";
import { laneLooks } from "./lanes";
import { useDrop } from "./use-drop";

type Target = Way | "all";
const targets = [
  { value: "all", label: "All" } as const,
  ...ways.map((way) => ({ value: way, label: laneLooks[way].short })),
];
const sizes = [
  { value: "2000000", label: "2 MB" },
  { value: "100000000", label: "100 MB" },
  { value: "500000000", label: "500 MB" },
  { value: "1000000000", label: "1 GB" },
];

/** Takes files, by drop, by a dialog or by making one, and puts them on the chosen lanes. */
export function Dropzone() {
  const board = useBoard();
  const { left } = useView();
  const input = useRef<HTMLInputElement>(null);
  const [target, setTarget] = useState<Target>("all");
  const [size, setSize] = useState("1000000000");
  const { over, handlers } = useDrop(take);

  function take(file: File | undefined): void {
    if (!file || !board) return;
    for (const way of target === "all" ? ways : [target]) board.lanes[way].start(file);
  }
  const made = () =>
    generateFile(Number(size), `made-${bytesText(Number(size)).replace(" ", "")}.bin`);

  return (
    <div className="space-y-4 border-rule border-b px-4 py-4">
      <label
        {...handlers}
        className={`flex min-h-24 cursor-pointer flex-col items-center justify-center rounded-md border border-dashed px-4 py-5 text-center has-focus-visible:outline-2 has-focus-visible:outline-accent ${over ? "border-accent bg-accent-wash" : "border-edge"}`}
      >
        <span className="font-medium">Drop a file here, or choose one</span>
        <span className="text-[0.8125rem] text-muted">
          It goes to {target === "all" ? "all four lanes" : `the lane “${laneLooks[target].title}”`}
          . One dropped on a lane goes to that lane.
        </span>
        <input
          ref={input}
          type="file"
          disabled={!board}
          className="sr-only"
          onChange={({ currentTarget }) => {
            take(currentTarget.files?.[0]);
            currentTarget.value = "";
          }}
        />
      </label>
      <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
        <Choice label="Lane">
          <Segmented legend="Lane" options={targets} value={target} onChange={setTarget} />
        </Choice>
        <Choice label="No file at hand?">
          <div className="flex flex-wrap gap-2">
            <Segmented legend="Size" options={sizes} value={size} onChange={setSize} />
            <Button disabled={!board} onClick={() => take(made())}>
              Make one and send it
            </Button>
          </div>
        </Choice>
      </div>
      {left && (
        <p role="status" className="text-[0.8125rem]">
          An upload in parts was left: {left.name}, {bytesText(left.size)}. Choose the same file
          again on the lane “{laneLooks.multipart.short}”, and it goes on where the store has it.
        </p>
      )}
      <p className="max-w-prose text-muted text-xs">
        A made file is one block of noise, 8 MB, that the browser repeats without holding it.
      </p>
    </div>
  );
}

function Choice({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <p aria-hidden className="mb-1 text-muted text-xs">
        {label}
      </p>
      {children}
    </div>
  );
}
