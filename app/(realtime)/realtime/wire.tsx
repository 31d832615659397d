"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./run-provider";

/** What the four lanes send and receive, together. */
export function RealtimeWire() {
  return <WirePanel frames={useFrames()} />;
}
