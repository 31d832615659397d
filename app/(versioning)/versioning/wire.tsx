"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./versioning-provider";

/** Every request of this page, with the headers that tell of versions. */
export function VersioningWire() {
  return <WirePanel frames={useFrames()} />;
}
