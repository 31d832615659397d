"use client";

import { useSyncExternalStore } from "react";
import { Instances } from "@/app/api/instances/contract";
import { api } from "@/lib/api";

/** Who called the handler (the answer's X-Lane): Next, or the HTTP server itself. */
export type Lane = "direct" | "next";

/** What is known of the instances: nothing yet, the last answer, or that there was none. */
type InstancesView =
  | { state: "asking"; data: null }
  | { state: "answered"; data: Instances; lane: Lane }
  | { state: "silent"; data: Instances | null };

const EVERY_MS = 2000;
const asking: InstancesView = { state: "asking", data: null };
const listeners = new Set<() => void>();
let view: InstancesView = asking;
let timer: ReturnType<typeof setTimeout> | undefined;

async function ask(): Promise<InstancesView> {
  try {
    const signal = AbortSignal.timeout(EVERY_MS);
    const { data, response } = await api.GET("/api/instances", { signal });
    if (!data) return { state: "silent", data: view.data };
    const lane = response.headers.get("x-lane") === "direct" ? "direct" : "next";
    return { state: "answered", data: Instances.parse(data), lane };
  } catch {
    return { state: "silent", data: view.data };
  }
}

/** One round: asks only while somebody looks, then plans the next. */
async function round() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") {
    view = await ask();
    for (const listener of listeners) listener();
  }
  clearTimeout(timer);
  if (listeners.size > 0) timer = setTimeout(round, EVERY_MS);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  if (listeners.size === 1) {
    document.addEventListener("visibilitychange", round);
    round();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", round);
    clearTimeout(timer);
  };
}

/** The instances of this deployment, asked every two seconds by one poller however many components watch. */
export function useInstances(): InstancesView {
  return useSyncExternalStore(
    subscribe,
    () => view,
    () => asking,
  );
}
