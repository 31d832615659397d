"use client";

import { useEffect, useState } from "react";

const TICK_MS = 100;

/** How long it still takes until the server goes on; by this page's clock. */
export function Countdown({ until, what }: { until: number; what: string }) {
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  const seconds = Math.max(0, (until - now) / 1_000);
  return (
    <p role="timer" className="mt-1 text-muted tabular-nums">
      {what} in {seconds.toFixed(1)} s
    </p>
  );
}
