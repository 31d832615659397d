"use client";

import { useEffect, useState } from "react";
import { api } from "@/lib/api";
import { type Pulse, pulse } from "../contract";

/** The streams that the answering instance holds, asked while somebody looks, and on each new occasion. */
export function usePulse(everyMs: number, occasion?: string): Pulse | null {
  const [answer, setAnswer] = useState<Pulse | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the occasion is the reason to ask.
  useEffect(() => {
    const look = async () => {
      if (document.visibilityState !== "visible") return;
      const response = await api.GET("/api/events/pulse").catch(() => null);
      if (response?.data) setAnswer(pulse.parse(response.data));
    };
    void look();
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, occasion]);

  return answer;
}
