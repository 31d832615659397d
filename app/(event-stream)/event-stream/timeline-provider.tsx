"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { type Live, notAlive, useKnown, useLiveFor, useWireFrames } from "@/components/live";
import { beginSession } from "@/components/session";
import { createTimeline, initialView, type Timeline } from "./client/timeline";

interface Context extends Live<Timeline> {
  /** Begins anew, with a new guest where the old one is logged out. */
  restart(): void;
}

const TimelineContext = createContext<Context>({ ...notAlive, restart() {} });

/** One timeline for everything on the page that shows it. */
export function TimelineProvider({ children }: { children: ReactNode }) {
  // Each life is a guest of its own.
  const [life, setLife] = useState(0);
  const state = useLiveFor(({ userId }) => {
    const made = createTimeline(userId, beginSession);
    return { live: made, close: made.close };
  }, life);
  const context = useMemo(() => ({ ...state, restart: () => setLife((n) => n + 1) }), [state]);
  return <TimelineContext value={context}>{children}</TimelineContext>;
}

/** The timeline and what can be done with it; null until the page has come alive. */
export function useLive() {
  const { live, problem, restart } = useContext(TimelineContext);
  return { timeline: live, problem, restart };
}

/** What is known of the stream now. */
export function useTimeline() {
  const { timeline } = useLive();
  return useKnown(timeline?.subscribe, timeline?.view, initialView);
}

/** The last frames of the connection, whichever tab holds it. */
export const useFrames = () => useWireFrames(useLive().timeline?.wire);
