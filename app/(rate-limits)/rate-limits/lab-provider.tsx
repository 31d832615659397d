"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useKnown, useWireFrames } from "@/components/live";
import { beginSession, keepSession } from "@/components/session";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { createLab, type Lab } from "./client/lab";
import { initialView } from "./client/view";

interface Live {
  lab: Lab;
  wire: WireStore;
}

const LabContext = createContext<Live | null>(null);

/** The lab of this page: made once it has come alive, ended when it goes. */
export function LabProvider({ children }: { children: ReactNode }) {
  const [live, setLive] = useState<Live | null>(null);

  useEffect(() => {
    let stopRenewing = () => {};
    const wire = createWireStore();
    const lab = createLab({
      async ensureSession() {
        const { expiresAt } = await beginSession();
        stopRenewing = keepSession(expiresAt);
      },
      onFrame: wire.add,
    });
    setLive({ lab, wire });
    return () => {
      lab.close();
      wire.close();
      stopRenewing();
    };
  }, []);

  return <LabContext value={live}>{children}</LabContext>;
}

/** The lab; null until the page has come alive. */
export const useLab = () => useContext(LabContext)?.lab ?? null;

/** What is known now. */
export function useView() {
  const lab = useLab();
  return useKnown(lab?.subscribe, lab?.view, initialView);
}

/** The last frames. */
export const useFrames = () => useWireFrames(useContext(LabContext)?.wire);
