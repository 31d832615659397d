"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useKnown, useWireFrames } from "@/components/live";
import { beginSession, keepSession } from "@/components/session";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { createRun, type Run } from "./client/run";
import { initialView } from "./client/view";

interface Live {
  run: Run;
  wire: WireStore;
}

const RunContext = createContext<Live | null>(null);

/** The comparison of this page: made once it has come alive, ended when it goes. */
export function RunProvider({ children }: { children: ReactNode }) {
  const [live, setLive] = useState<Live | null>(null);

  useEffect(() => {
    let stopRenewing = () => {};
    const wire = createWireStore();
    const run = createRun({
      async ensureSession() {
        const { expiresAt } = await beginSession();
        stopRenewing();
        stopRenewing = keepSession(expiresAt);
      },
      onFrame: wire.add,
    });
    const onVisibility = () => run.hide(document.hidden);
    document.addEventListener("visibilitychange", onVisibility);
    setLive({ run, wire });
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      run.close();
      wire.close();
      stopRenewing();
    };
  }, []);

  return <RunContext value={live}>{children}</RunContext>;
}

/** The run; null until the page has come alive. */
export const useRun = () => useContext(RunContext)?.run ?? null;

/** What is known of the run now. */
export function useView() {
  const run = useRun();
  return useKnown(run?.subscribe, run?.view, initialView);
}

/** The last frames of all lanes. */
export const useFrames = () => useWireFrames(useContext(RunContext)?.wire);
