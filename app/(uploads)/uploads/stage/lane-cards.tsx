"use client";

import { type Way, ways } from "../../contract";
import { useBoard, useView } from "../board-provider";
import { LaneCard } from "./lane-card";
import { useDrop } from "./use-drop";

/** The four lanes side by side. Each takes a file that is dropped on it. */
export function LaneCards() {
  return (
    <ul aria-label="Lanes" className="grid gap-px border-rule border-b bg-rule sm:grid-cols-2">
      {ways.map((way) => (
        <LaneItem key={way} way={way} />
      ))}
    </ul>
  );
}

function LaneItem({ way }: { way: Way }) {
  const lane = useBoard()?.lanes[way];
  const { lanes } = useView();
  const { over, handlers } = useDrop((file) => lane?.start(file));
  return (
    <li {...handlers} className={over ? "bg-accent-wash" : "bg-surface"}>
      <LaneCard way={way} view={lanes[way]} lane={lane} />
    </li>
  );
}
