"use client";

import { createContext, type ReactNode, useContext } from "react";
import { type Live, notAlive, useLiveFor, useStore, useWireFrames } from "@/components/live";
import type { Store } from "@/components/store";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { type Bench, createBench, initialBench } from "./client/bench";
import { createSender } from "./client/exchange";
import { createLife, initialLife, type Life } from "./client/life";
import { createThreeWays, initialWays, type ThreeWays } from "./client/three-ways";
import { createUsage, initialUsage, type UsageView } from "./client/usage";

interface Parts {
  wire: WireStore;
  ways: ThreeWays;
  life: Life;
  bench: Bench;
  usage: Store<UsageView>;
}

const LiveContext = createContext<Live<Parts>>(notAlive);

/** What the page asks: begun once it has come alive and has a guest, ended when it goes. */
export function VersioningProvider({ children }: { children: ReactNode }) {
  const parts = useLiveFor(() => {
    const wire = createWireStore();
    const usage = createUsage();
    const send = createSender(wire, usage.lookSoon);
    const ways = createThreeWays(send);
    const life = createLife(send);
    void ways.sendAll();
    void ways.loadBodies();
    void life.look();
    const close = () => {
      life.close();
      usage.close();
      wire.close();
    };
    return { live: { wire, ways, life, bench: createBench(send), usage: usage.store }, close };
  });
  return <LiveContext value={parts}>{children}</LiveContext>;
}

/** The parts of the page; `live` is null until it has come alive. */
export const useLive = () => useContext(LiveContext);

export const useWays = () => useStore(useLive().live?.ways.store, initialWays);
export const useLife = () => useStore(useLive().live?.life.store, initialLife);
export const useBench = () => useStore(useLive().live?.bench.store, initialBench);
export const useUsage = () => useStore(useLive().live?.usage, initialUsage).usage;
export const useFrames = () => useWireFrames(useLive().live?.wire);
