"use client";

import { WirePanel } from "@/components/wire-panel";
import { useFrames } from "./room-provider";

/** The Engine.IO packets of this page's connection, as they are sent and received. */
export function ChatWire() {
  return <WirePanel frames={useFrames()} />;
}
