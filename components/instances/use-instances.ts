"use client";

import { useSyncExternalStore } from "react";
import { Instances } from "@/app/api/instances/contract";
import { api } from "@/lib/api";

/** What is known of the instances: nothing yet, the last answer, or that there was none. */
type InstancesView =
  | { state: "asking"; data: null }
  | { state: "answered"; data: Instances }
  | { state: "silent"; data: Instances | null };

const EVERY_MS = 2000;
const asking: InstancesView = { state: "asking", data: null };
const listeners = new Set<() => void>();
let view: InstancesView = asking;
let timer: ReturnType<typeof setTimeout> | undefined;

async function ask(): Promise<InstancesView> {
  try {
    const { data } = await api.GET("/api/instances", { signal: AbortSignal.timeout(EVERY_MS) });
    if (!data) return { state: "silent", data: view.data };
    return { state: "answered", data: Instances.parse(data) };
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
