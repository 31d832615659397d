"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./timeline-provider";

/** The blocks of the stream as they came, heartbeats included, and the requests that opened it. */
export function EventStreamWire() {
  return <WirePanel frames={useFrames()} />;
}
