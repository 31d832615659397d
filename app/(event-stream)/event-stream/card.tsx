"use client";

import { usePulse } from "./use-pulse";

/** The streams that are open now: for the home page's card. */
export function EventStreamCard() {
  const now = usePulse(5_000);
  if (!now) return null;
  const { openStreams, instance } = now;
  return (
    <p className="text-muted tabular-nums">
      {openStreams} {openStreams === 1 ? "stream" : "streams"} open on instance {instance}
    </p>
  );
}
