"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./lab-provider";

/** The requests to the playground, and what their answers say of the limit. */
export function RateLimitsWire() {
  return <WirePanel frames={useFrames()} />;
}
