"use client";

import type { FigureItem } from "@/components/figure";
import { Figures } from "@/components/figures";
import { useTimeline } from "./timeline-provider";
import { usePulse } from "./use-pulse";

/** What this page measures of its own stream. */
export function EventStreamFigures() {
  const { status, instance, position, missed, replayed, reconnects, gaps, duplicates, tabs } =
    useTimeline();
  const now = usePulse(2_000, status);
  const none = (count: number): FigureItem["tone"] => (count === 0 ? "good" : "bad");
  return (
    <Figures
      items={[
        { label: "Instance", value: instance, hint: "that holds this stream" },
        { label: "Position", value: position, hint: "the last id: sent back as Last-Event-ID" },
        {
          label: "Published while away",
          value: missed,
          hint: "from these tabs, in the last absence",
        },
        { label: "Replayed", value: replayed, hint: "sent on coming back, from the log" },
        { label: "Connections lost", value: reconnects },
        { label: "Gaps", value: gaps, tone: none(gaps), hint: "ids skipped: must stay 0" },
        {
          label: "Duplicates",
          value: duplicates,
          tone: none(duplicates),
          hint: "ids seen twice: must stay 0",
        },
        { label: "Tabs", value: tabs, hint: "of this guest, sharing one stream" },
        {
          label: "Open streams",
          value: now?.openStreams ?? null,
          hint: now ? `on instance ${now.instance}, of everyone` : "on the server, of everyone",
        },
      ]}
    />
  );
}
