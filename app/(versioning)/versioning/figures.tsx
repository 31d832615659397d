"use client";

import { Figures } from "@/components/figures";
import { ways } from "./client/exchange";
import { useBench, useUsage, useWays } from "./versioning-provider";

/** Who still uses which version, and what the caches got wrong. */
export function VersioningFigures() {
  const usage = useUsage();
  const { rows } = useBench();
  const { exchanges, operation } = useWays();
  const wrong = (cache: "withVary" | "without") =>
    rows.length === 0 ? null : rows.filter((row) => row[cache].wrong).length;
  const tone = (count: number | null) => (count === null ? "plain" : count === 0 ? "good" : "bad");
  const bodies = ways.flatMap((way) => exchanges[way]?.answered.body ?? []);
  const kinds = operation === "post" || bodies.length === 0 ? null : new Set(bodies).size;
  return (
    <Figures
      items={[
        {
          label: "Uses of version 1",
          value: usage?.[1] ?? null,
          hint: "of everybody, since this instance began: /metrics. At 0 it can go",
        },
        { label: "Uses of version 2", value: usage?.[2] ?? null, hint: "the same count" },
        {
          label: "Different bodies",
          value: kinds,
          tone: kinds === null ? "plain" : kinds === 1 ? "good" : "bad",
          hint: "of the three ways, byte by byte: must be 1",
        },
        {
          label: "Wrong, with Vary",
          value: wrong("withVary"),
          tone: tone(wrong("withVary")),
          hint: "answers of the cache in a version nobody asked for: must be 0",
        },
        {
          label: "Wrong, without",
          value: wrong("without"),
          tone: tone(wrong("without")),
          hint: "the same requests, where the header was forgotten",
        },
      ]}
    />
  );
}
