"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./run-provider";

/** The same completion twice, from the same log: each protocol is only a way of writing it down. */
export function TokenStreamWire() {
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <div className="min-w-0">
        <h3 className="small-caps mb-2 text-muted">Raw frames</h3>
        <WirePanel frames={useFrames("raw")} label="Raw frames" />
      </div>
      <div className="min-w-0">
        <h3 className="small-caps mb-2 text-muted">AI SDK, UI message stream</h3>
        <WirePanel frames={useFrames("ui")} label="UI message stream" />
      </div>
    </div>
  );
}
