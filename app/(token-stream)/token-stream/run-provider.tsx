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
import { createRun, type Run } from "./client/run";
import { emptyView } from "./client/view";

interface Live {
  run: Run | null;
  /** Why there is none. */
  problem: string | null;
}

const RunContext = createContext<Live>({ run: null, problem: null });

/** One completion for everything on the page that shows it; the address says which. */
export function RunProvider({ children }: { children: ReactNode }) {
  const [run, setRun] = useState<Run | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    let over = false;
    let end = () => {};
    beginSession().then(
      ({ expiresAt }) => {
        if (over) return;
        const made = createRun();
        const stopRenewing = keepSession(expiresAt);
        end = () => {
          made.close();
          stopRenewing();
        };
        const id = new URLSearchParams(location.search).get("completion");
        if (id) void made.open(id);
        setRun(made);
      },
      (error: Error) => setProblem(error.message),
    );
    return () => {
      over = true;
      end();
    };
  }, []);

  const live = useMemo(() => ({ run, problem }), [run, problem]);
  return <RunContext value={live}>{children}</RunContext>;
}

/** The run and what can be done with it; null until the page has come alive. */
export const useLive = () => useContext(RunContext);

/** What is known of the completion now. */
export function useView() {
  const { run } = useLive();
  return useSyncExternalStore(run?.subscribe ?? noSubscription, run?.view ?? getEmpty, getEmpty);
}

const noFrames: readonly WireFrame[] = [];

/** The last frames of one of the two readers. */
export function useFrames(which: "raw" | "ui"): readonly WireFrame[] {
  const store = useLive().run?.[which];
  return useSyncExternalStore(
    store?.subscribe ?? noSubscription,
    store?.frames ?? getNoFrames,
    getNoFrames,
  );
}

const getEmpty = () => emptyView;
const getNoFrames = () => noFrames;
const noSubscription = () => () => {};
