"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { beginSession, keepSession } from "@/components/session";
import type { WireFrame } from "@/components/wire";
import { createTimeline, initialView, type Timeline } from "./client/timeline";

interface Live {
  timeline: Timeline | null;
  /** Why there is none. */
  problem: string | null;
  /** Begins anew, with a new guest where the old one is logged out. */
  restart(): void;
}

const TimelineContext = createContext<Live>({ timeline: null, problem: null, restart() {} });

/** One timeline for everything on the page that shows it. */
export function TimelineProvider({ children }: { children: ReactNode }) {
  const [timeline, setTimeline] = useState<Timeline | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [life, setLife] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each life is a guest of its own.
  useEffect(() => {
    let over = false;
    let end = () => {};
    beginSession().then(
      ({ userId, expiresAt }) => {
        if (over) return;
        const made = createTimeline(userId, beginSession);
        const stopRenewing = keepSession(expiresAt);
        end = () => {
          made.close();
          stopRenewing();
        };
        setTimeline(made);
        setProblem(null);
      },
      (error: Error) => setProblem(error.message),
    );
    return () => {
      over = true;
      end();
    };
  }, [life]);

  const live = useMemo(
    () => ({ timeline, problem, restart: () => setLife((n) => n + 1) }),
    [timeline, problem],
  );
  return <TimelineContext value={live}>{children}</TimelineContext>;
}

/** The timeline and what can be done with it; null until the page has come alive. */
export const useLive = () => useContext(TimelineContext);

/** What is known of the stream now. */
export function useTimeline() {
  const { timeline } = useLive();
  return useSyncExternalStore(
    timeline?.subscribe ?? noSubscription,
    timeline?.view ?? getInitial,
    getInitial,
  );
}

const noFrames: readonly WireFrame[] = [];

/** The last frames of the connection, whichever tab holds it. */
export function useFrames(): readonly WireFrame[] {
  const { timeline } = useLive();
  return useSyncExternalStore(
    timeline?.wire.subscribe ?? noSubscription,
    timeline?.wire.frames ?? (() => noFrames),
    () => noFrames,
  );
}

const getInitial = () => initialView;
const noSubscription = () => () => {};
