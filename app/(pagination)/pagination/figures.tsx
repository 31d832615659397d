"use client";

import type { FigureItem } from "@/components/figure";
import { Figures } from "@/components/figures";
import { useReading, useWriter } from "./pagination-provider";

/** The score of the two readers, and of the writer they read beside. */
export function PaginationFigures() {
  const { scores, throughout, present, pages } = useReading();
  const { done } = useWriter();
  const { offset, cursor } = scores;
  const tone = (count: number): FigureItem["tone"] =>
    pages === 0 ? "plain" : count === 0 ? "good" : "bad";
  const figure = (label: string, count: number, hint: string): FigureItem => ({
    ...{ label, hint, tone: tone(count), value: pages === 0 ? null : count },
  });
  const written = Object.values(done).reduce((sum, count) => sum + count, 0);
  return (
    <Figures
      items={[
        figure("Duplicates, offset", offset.duplicates, "rows handed out again"),
        figure("Skips, offset", offset.skips, "there throughout, never handed out"),
        figure("Duplicates, cursor", cursor.duplicates, "must stay 0"),
        figure("Skips, cursor", cursor.skips, "must stay 0"),
        {
          label: "There throughout",
          value: pages === 0 ? null : throughout,
          hint: "rows since this reading began: the truth, from the server",
        },
        { label: "Pages read", value: pages || null, hint: "of each reader, 20 rows a page" },
        {
          label: "Writes",
          value: written,
          hint: `${done.insert} new, ${done.tie} ties, ${done["back-date"]} back-dated, ${done.delete} deleted`,
        },
        {
          label: "Rows in the list",
          value: pages === 0 ? null : present,
          hint: "at the last page",
        },
      ]}
    />
  );
}
