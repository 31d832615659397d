"use client";

import { algorithms } from "@/lib/rate-limit/algorithms/decide";
import { type AlgorithmName, algorithmNames, rateLimits } from "../../contract";
import type { Seen } from "../client/view";
import { useView } from "../lab-provider";
import { BucketDrawing } from "./bucket-drawing";
import { titles } from "./looks";
import { useNow } from "./use-now";
import { FixedDrawing, SlidingDrawing } from "./window-drawings";

const quota = rateLimits.playground;
const drawings = {
  "fixed-window": FixedDrawing,
  "sliding-window": SlidingDrawing,
  "token-bucket": BucketDrawing,
};

/** The three as the server has them. Between two looks time goes on by the arithmetic that runs there. */
export function Drawings() {
  const { seen } = useView();
  const now = useNow();
  return (
    <ul className="grid gap-x-6 gap-y-5 px-4 py-4 sm:grid-cols-3">
      {algorithmNames.map((name) => (
        <li key={name}>
          <h3 className="small-caps text-muted">{titles[name]}</h3>
          <Drawing name={name} seen={seen[name]} now={now} />
        </li>
      ))}
    </ul>
  );
}

function Drawing({ name, seen, now }: { name: AlgorithmName; seen?: Seen; now: number }) {
  if (!seen) return <p className="mt-2 h-36 text-[0.8125rem] text-muted">Not known yet.</p>;
  const serverNow = Math.floor(seen.now + Math.max(0, now - seen.seenAt));
  const algorithm = algorithms[name];
  const state = algorithm.at(seen.state, quota, serverNow);
  const left = algorithm.remaining(state, quota, serverNow);
  const fullMs = algorithm.wait(state, quota, serverNow, quota.limit);
  const Shape = drawings[name];
  return (
    <>
      <Shape state={state} quota={quota} now={serverNow} />
      <p className="mt-1 text-[0.8125rem] tabular-nums">
        <strong className="font-medium">{left}</strong> of {quota.limit} left
        <span className="text-muted">
          {fullMs > 0 ? `, all of them in ${(fullMs / 1_000).toFixed(1)} s` : ""}
        </span>
      </p>
    </>
  );
}
