"use client";

import { ways } from "../../contract";
import { useBoard, useView } from "../board-provider";
import { LaneCard } from "./lane-card";

/** The four lanes side by side. */
export function LaneCards() {
  const board = useBoard();
  const { lanes } = useView();
  return (
    <ul aria-label="Lanes" className="grid gap-px border-rule border-b bg-rule sm:grid-cols-2">
      {ways.map((way) => (
        <li key={way} className="bg-surface">
          <LaneCard way={way} view={lanes[way]} lane={board?.lanes[way]} />
        </li>
      ))}
    </ul>
  );
}
