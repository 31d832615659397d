"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./pagination-provider";

/** The requests of both readers, of the writer, and of the walk through the catalogue. */
export function PaginationWire() {
  return <WirePanel frames={useFrames()} />;
}
