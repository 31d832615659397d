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
import type { Store } from "@/components/store";
import type { WireFrame } from "@/components/wire";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { type Bench, createBench, initialBench } from "./client/bench";
import { createSender } from "./client/exchange";
import { createLife, initialLife, type Life } from "./client/life";
import { createThreeWays, initialWays, type ThreeWays } from "./client/three-ways";
import { createUsage, initialUsage, type UsageView } from "./client/usage";

interface Live {
  wire: WireStore;
  ways: ThreeWays;
  life: Life;
  bench: Bench;
  usage: Store<UsageView>;
}

const LiveContext = createContext<{ live: Live | null; problem: string | null }>({
  live: null,
  problem: null,
});

/** What the page asks: begun once it has come alive and has a guest, ended when it goes. */
export function VersioningProvider({ children }: { children: ReactNode }) {
  const [live, setLive] = useState<Live | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    const wire = createWireStore();
    const usage = createUsage();
    const send = createSender(wire, usage.lookSoon);
    const ways = createThreeWays(send);
    const life = createLife(send);
    const bench = createBench(send);
    let over = false;
    let stopRenewing = () => {};
    beginSession().then(
      ({ expiresAt }) => {
        if (over) return;
        stopRenewing = keepSession(expiresAt);
        setLive({ wire, ways, life, bench, usage: usage.store });
        void ways.sendAll();
        void ways.loadBodies();
        void life.look();
      },
      (error: Error) => setProblem(error.message),
    );
    return () => {
      over = true;
      stopRenewing();
      life.close();
      usage.close();
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
export const useWays = () => useStore(useLive().live?.ways.store, initialWays);
export const useLife = () => useStore(useLive().live?.life.store, initialLife);
export const useBench = () => useStore(useLive().live?.bench.store, initialBench);
export const useUsage = () => useStore(useLive().live?.usage, initialUsage).usage;

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
