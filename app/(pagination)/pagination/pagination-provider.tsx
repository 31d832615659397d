"use client";

import { createContext, type ReactNode, useContext } from "react";
import { type Live, notAlive, useLiveFor, useStore, useWireFrames } from "@/components/live";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { createApi } from "./client/api";
import { createDepth, type Depth, initialDepth } from "./client/depth";
import { createReading, initialReading, type ListReading } from "./client/reading";
import { createWriter, initialWriter, type Writer } from "./client/writer";

interface Parts {
  wire: WireStore;
  reading: ListReading;
  writer: Writer;
  depth: Depth;
}

const LiveContext = createContext<Live<Parts>>(notAlive);

/** What the page reads and writes: begun once it has come alive and has a guest, ended when it goes. */
export function PaginationProvider({ children }: { children: ReactNode }) {
  const parts = useLiveFor(() => {
    const wire = createWireStore();
    const api = createApi(wire);
    const reading = createReading(api);
    const writer = createWriter(api, () => reading.store.get().cursorRow);
    const depth = createDepth(api);
    const onVisibility = () => document.hidden && writer.store.get().writing && writer.stop();
    document.addEventListener("visibilitychange", onVisibility);
    void reading.restart();
    void depth.first();
    const close = () => {
      document.removeEventListener("visibilitychange", onVisibility);
      writer.close();
      reading.close();
      wire.close();
    };
    return { live: { wire, reading, writer, depth }, close };
  });
  return <LiveContext value={parts}>{children}</LiveContext>;
}

/** The parts of the page; `live` is null until it has come alive. */
export const useLive = () => useContext(LiveContext);

export const useReading = () => useStore(useLive().live?.reading.store, initialReading);
export const useWriter = () => useStore(useLive().live?.writer.store, initialWriter);
export const useDepth = () => useStore(useLive().live?.depth.store, initialDepth);
export const useFrames = () => useWireFrames(useLive().live?.wire);
