"use client";

import type { FigureItem } from "@/components/figure";
import { Figures } from "@/components/figures";
import { useRoom } from "./room-provider";

/** What this page measures of its own connection. */
export function ChatFigures() {
  const { instance, transport, roundTripMs, offset, replayed, reconnects, gaps, duplicates } =
    useRoom();
  const none = (count: number): FigureItem["tone"] => (count === 0 ? "good" : "bad");
  return (
    <Figures
      items={[
        { label: "Instance", value: instance },
        { label: "Transport", value: transport },
        {
          label: "Round trip",
          value: roundTripMs === null ? null : roundTripMs.toFixed(1),
          unit: "ms",
          hint: "an event and its ack",
        },
        { label: "Offset", value: offset ?? null, hint: "last sequence number received" },
        { label: "Replayed", value: replayed, hint: "sent on joining, from the log" },
        { label: "Connections lost", value: reconnects },
        { label: "Gaps", value: gaps, tone: none(gaps), hint: "numbers skipped: must stay 0" },
        {
          label: "Duplicates",
          value: duplicates,
          tone: none(duplicates),
          hint: "numbers seen twice: must stay 0",
        },
      ]}
    />
  );
}
