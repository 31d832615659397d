"use client";

import { DepthPanel } from "./depth-panel";
import { DriftPanel } from "./drift-panel";

/** Two questions: what is lost while rows come and go, and what a page costs deep down. */
export function Stage() {
  return (
    <div className="space-y-10">
      <DriftPanel />
      <DepthPanel />
    </div>
  );
}
