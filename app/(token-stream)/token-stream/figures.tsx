"use client";

import { Figures } from "@/components/figures";
import { paceOf } from "./client/view";
import { GapHistogram } from "./gap-histogram";
import { useView } from "./run-provider";

/** What this page measures of its own stream. */
export function TokenStreamFigures() {
  const view = useView();
  const { firstTokenMs, usage, text, instance, continued } = view;
  const pace = paceOf(view);
  return (
    <>
      <Figures
        items={[
          {
            label: "Time to first token",
            value: firstTokenMs,
            unit: "ms",
            hint: "from the question; after a reload, as the server measured it",
          },
          {
            label: "Tokens a second",
            value: pace === null ? null : Math.round(pace),
            hint: "frames as they came; under load one carries several tokens",
          },
          { label: "Tokens", value: usage?.outputTokens ?? null, hint: "as the provider counts" },
          { label: "Characters", value: text.length, hint: "shown so far" },
          { label: "Made by", value: instance, hint: "the instance that holds its lease" },
          { label: "Takeovers", value: continued.length, hint: "seen in this stream" },
        ]}
      />
      <GapHistogram gaps={view.gaps} />
    </>
  );
}
