"use client";

import { Figures } from "@/components/figures";
import { useView } from "./lab-provider";

/** What the last requests of this page came to. */
export function RateLimitsFigures() {
  const { instance, fired, honesty, backAfterMs } = useView();
  const times = fired.map(({ ms }) => ms).sort((a, b) => a - b);
  const count = (status: number) => fired.filter((one) => one.status === status).length;
  const median = times[Math.floor(times.length / 2)];
  const obeyed = honesty?.redis.waits ? honesty.redis : null;
  const share = obeyed ? obeyed.succeeded / obeyed.waits : null;
  return (
    <Figures
      items={[
        { label: "Instance", value: instance },
        { label: "Let in", value: count(200), hint: `of the last ${fired.length} requests` },
        { label: "Refused", value: count(429), hint: "429 with Retry-After" },
        { label: "Turned away", value: count(503), hint: "503: Redis is away, the route closed" },
        {
          label: "Answer time p50",
          value: median === undefined ? null : median.toFixed(0),
          unit: "ms",
          hint: "with the wait for one of the browser’s six connections",
        },
        {
          label: "Retry-After kept",
          value: share === null ? null : (share * 100).toFixed(0),
          unit: "%",
          tone: share === null ? "plain" : share === 1 ? "good" : "bad",
          hint: obeyed ? `of ${obeyed.waits} waits` : "run the honesty meter",
        },
        {
          label: "Back after the fault",
          value: backAfterMs === null ? null : (backAfterMs / 1_000).toFixed(1),
          unit: "s",
          hint: "until Redis decides again",
        },
      ]}
    />
  );
}
