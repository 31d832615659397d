"use client";

import { useEffect, useState } from "react";
import { type Pulse, pulse } from "../contract";

/** The streams that the answering instance holds, asked while somebody looks. */
export function usePulse(everyMs: number): Pulse | null {
  const [now, setNow] = useState<Pulse | null>(null);

  useEffect(() => {
    const look = async () => {
      if (document.visibilityState !== "visible") return;
      const response = await fetch("/api/events/pulse").catch(() => null);
      if (response?.ok) setNow(pulse.parse(await response.json()));
    };
    void look();
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);

  return now;
}
