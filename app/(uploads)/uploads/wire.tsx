"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./board-provider";

/** The requests of the page, to the application and to the store, without the files themselves. */
export function UploadsWire() {
  return <WirePanel frames={useFrames()} />;
}
