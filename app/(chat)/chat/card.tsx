"use client";

import { useEffect, useState } from "react";
import type { z } from "zod";
import { api } from "@/lib/api";
import { pulse } from "../contract";

const EVERY_MS = 5_000;

/** The lobby, now: for the home page's card. */
export function ChatCard() {
  const [now, setNow] = useState<z.infer<typeof pulse> | null>(null);

  useEffect(() => {
    const look = async () => {
      if (document.visibilityState !== "visible") return;
      const response = await api.GET("/api/chat/pulse").catch(() => null);
      if (response?.data) setNow(pulse.parse(response.data));
    };
    void look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, []);

  if (!now) return null;
  const { messages, people } = now;
  return (
    <p className="text-muted tabular-nums">
      {people} {people === 1 ? "person" : "people"} in the lobby, {messages} messages stored
    </p>
  );
}
