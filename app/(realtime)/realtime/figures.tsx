"use client";

import type { FigureItem } from "@/components/figure";
import { Figures } from "@/components/figures";
import { laneNames } from "../contract";
import { useView } from "./run-provider";

const verdicts = { true: "equal", false: "different", null: null } as const;

/** What concerns all lanes together. */
export function RealtimeFigures() {
  const { instance, clock, seconds, agreement, lanes, faults } = useView();
  const sum = (what: "gaps" | "duplicates" | "resets") =>
    laneNames.reduce((total, name) => total + lanes[name][what], 0);
  const { equal, position } = agreement;
  const tone: FigureItem["tone"] = equal === null ? "plain" : equal ? "good" : "bad";
  return (
    <Figures
      items={[
        { label: "Instance", value: instance },
        {
          label: "Clock offset",
          value: clock ? clock.offsetMs.toFixed(1) : null,
          unit: "ms",
          hint: clock
            ? `the server's clock against this one, ± ${clock.errorMs.toFixed(1)} ms`
            : "the server's clock against this one",
        },
        {
          label: "Sequences",
          value: verdicts[`${equal}`],
          tone,
          hint:
            equal === null ? "the four running hashes" : `all four hashes at position ${position}`,
        },
        { label: "Time", value: seconds ? seconds.toFixed(0) : null, unit: "s" },
        { label: "Faults caused", value: faults.length },
        { label: "Gaps noticed", value: sum("gaps"), hint: "each was asked for again" },
        {
          label: "Repeats dropped",
          value: sum("duplicates"),
          hint: "numbers that were there already",
        },
        { label: "Resets", value: sum("resets"), hint: "positions that were pruned" },
      ]}
    />
  );
}
