"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./board-provider";

/** What the page asked for, and the events of its jobs as they came. */
export function BackgroundTasksWire() {
  return <WirePanel frames={useFrames()} />;
}
