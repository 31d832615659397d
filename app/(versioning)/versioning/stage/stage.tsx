"use client";

import { useLive } from "../versioning-provider";
import { AskBox } from "./ask-box";
import { CacheBench } from "./cache-bench";
import { Changes } from "./changes";
import { LifeCycle } from "./life-cycle";
import { ThreeWays } from "./three-ways";

/** How a version is chosen, what it changes, how it ends, and what a cache must know. */
export function Stage({ clockMoves }: { clockMoves: boolean }) {
  const { problem } = useLive();
  return (
    <div className="space-y-10">
      <p role="alert" className="text-[0.8125rem] text-bad empty:hidden">
        {problem}
      </p>
      <ThreeWays />
      <AskBox />
      <Changes />
      <LifeCycle clockMoves={clockMoves} />
      <CacheBench />
    </div>
  );
}
