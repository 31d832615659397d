"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { beginSession, keepSession } from "@/components/session";
import type { WireFrame } from "@/components/wire";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { createApi } from "./client/api";
import { createDepth, type Depth, initialDepth } from "./client/depth";
import { createReading, initialReading, type ListReading } from "./client/reading";
import type { Store } from "./client/store";
import { createWriter, initialWriter, type Writer } from "./client/writer";

interface Live {
  wire: WireStore;
  reading: ListReading;
  writer: Writer;
  depth: Depth;
}

const LiveContext = createContext<{ live: Live | null; problem: string | null }>({
  live: null,
  problem: null,
});

/** What the page reads and writes: begun once it has come alive and has a guest, ended when it goes. */
export function PaginationProvider({ children }: { children: ReactNode }) {
  const [live, setLive] = useState<Live | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    const wire = createWireStore();
    const api = createApi(wire);
    const reading = createReading(api);
    const writer = createWriter(api, () => reading.store.get().cursorRow);
    const depth = createDepth(api);
    const onVisibility = () => document.hidden && writer.store.get().writing && writer.stop();
    document.addEventListener("visibilitychange", onVisibility);
    let over = false;
    let stopRenewing = () => {};
    beginSession().then(
      ({ expiresAt }) => {
        if (over) return;
        stopRenewing = keepSession(expiresAt);
        setLive({ wire, reading, writer, depth });
        void reading.restart();
        void depth.first();
      },
      (error: Error) => setProblem(error.message),
    );
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", onVisibility);
      stopRenewing();
      writer.close();
      reading.close();
      wire.close();
    };
  }, []);

  return <LiveContext value={{ live, problem }}>{children}</LiveContext>;
}

/** The parts of the page; `live` is null until it has come alive. */
export const useLive = () => useContext(LiveContext);

function useStore<T>(store: Store<T> | undefined, initial: T): T {
  return useSyncExternalStore(
    store?.subscribe ?? noSubscription,
    store?.get ?? (() => initial),
    () => initial,
  );
}
export const useReading = () => useStore(useLive().live?.reading.store, initialReading);
export const useWriter = () => useStore(useLive().live?.writer.store, initialWriter);
export const useDepth = () => useStore(useLive().live?.depth.store, initialDepth);

const noFrames: readonly WireFrame[] = [];
export function useFrames(): readonly WireFrame[] {
  const wire = useLive().live?.wire;
  return useSyncExternalStore(
    wire?.subscribe ?? noSubscription,
    wire?.frames ?? (() => noFrames),
    () => noFrames,
  );
}

const noSubscription = () => () => {};
