"use client";

import { Pause, Play, X } from "lucide-react";
import { useState } from "react";
import { Button } from "./ui/button";
import { CopyButton } from "./ui/copy-button";
import { Segmented } from "./ui/segmented";
import type { WireFrame } from "./wire";
import { WireList } from "./wire-list";
import { frameText } from "./wire-row";

const LATEST = 200;
const directions = [
  { value: "all", label: "All" },
  { value: "out", label: "Out" },
  { value: "in", label: "In" },
] as const;

/** What just crossed the wire, newest last. Keep `frames` as it comes: the panel shows the latest 200. */
export function WirePanel(props: {
  frames: readonly WireFrame[];
  /** Names the frames, where a page has several panels. */
  label?: string;
}) {
  const { frames, label = "Frames" } = props;
  const [direction, setDirection] = useState<"all" | "out" | "in">("all");
  const [held, setHeld] = useState<readonly WireFrame[] | null>(null);
  const [cleared, setCleared] = useState(Number.NEGATIVE_INFINITY);

  const shown = (held ?? frames)
    .filter((frame) => frame.id > cleared && (direction === "all" || frame.direction === direction))
    .slice(-LATEST);
  const missed = held ? frames.filter((frame) => frame.id > (held.at(-1)?.id ?? -1)).length : 0;

  return (
    <div className="rounded-md border border-rule bg-code-bg">
      <div className="flex flex-wrap items-center gap-x-1 gap-y-2 border-rule border-b px-3 py-2">
        <Segmented
          legend="Direction"
          options={directions}
          value={direction}
          onChange={setDirection}
        />
        <p className="ml-2 text-muted text-xs tabular-nums">
          {shown.length} {shown.length === 1 ? "frame" : "frames"}
          {missed > 0 && `, ${missed} more since the pause`}
        </p>
        <div className="ml-auto flex flex-wrap">
          <Button look="bare" onClick={() => setHeld(held ? null : frames)}>
            {held ? <Play aria-hidden size={14} /> : <Pause aria-hidden size={14} />}
            {held ? "Resume" : "Pause"}
          </Button>
          <Button look="bare" onClick={() => setCleared(frames.at(-1)?.id ?? cleared)}>
            <X aria-hidden size={14} />
            Clear
          </Button>
          <CopyButton label="Copy the frames" text={() => shown.map(frameText).join("\n")} />
        </div>
      </div>
      <WireList frames={shown} label={label} />
    </div>
  );
}
