"use client";

import { useEffect, useState } from "react";
import type { JobState } from "../../contract";
import { silenceOf } from "./silence";

const TICK_MS = 1_000;

/** Says that nothing has been heard of a job for a while, and what will be done; by this page's clock. */
export function SilenceNote({ job }: { job: JobState }) {
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  const text = silenceOf(job, now);
  return text ? <p className="mt-1 text-warn">{text}</p> : null;
}
