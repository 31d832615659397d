"use client";

import { createContext, type ReactNode, useContext } from "react";
import { type Live, notAlive, useKnown, useLiveFor, useWireFrames } from "@/components/live";
import { createRun, type Run } from "./client/run";
import { emptyView } from "./client/view";

const RunContext = createContext<Live<Run>>(notAlive);

/** One completion for everything on the page that shows it; the address says which. */
export function RunProvider({ children }: { children: ReactNode }) {
  const run = useLiveFor(() => {
    const made = createRun();
    const id = new URLSearchParams(location.search).get("completion");
    if (id) void made.open(id);
    return { live: made, close: made.close };
  });
  return <RunContext value={run}>{children}</RunContext>;
}

/** The run and what can be done with it; null until the page has come alive. */
export function useLive() {
  const { live, problem } = useContext(RunContext);
  return { run: live, problem };
}

/** What is known of the completion now. */
export function useView() {
  const { run } = useLive();
  return useKnown(run?.subscribe, run?.view, emptyView);
}

/** The last frames of one of the two readers. */
export const useFrames = (which: "raw" | "ui") => useWireFrames(useLive().run?.[which]);
