"use client";

import { useView } from "../lab-provider";
import { Both } from "./both";
import { Cannon } from "./cannon";
import { Drawings } from "./drawings";
import { Honesty } from "./honesty";
import { Plug } from "./plug";
import { Shots } from "./shots";

/** The three algorithms as the server has them, what to fire at them, and three claims to try. */
export function Stage() {
  const { problem } = useView();
  return (
    <div className="space-y-8">
      <div className="rounded-md border border-rule bg-surface">
        <Cannon />
        <Drawings />
        <Shots />
        <p role="alert" className="px-4 pb-3 text-[0.8125rem] text-bad empty:hidden">
          {problem}
        </p>
      </div>
      <Both />
      <Plug />
      <Honesty />
    </div>
  );
}
