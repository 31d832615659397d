"use client";

import { algorithmNames } from "../../contract";
import type { Fired } from "../client/view";
import { useView } from "../lab-provider";
import { time, titles } from "./looks";

const tones: Record<number, string> = { 200: "bg-good", 429: "bg-bad", 503: "bg-warn" };
const LATEST = 40;

/** The last requests: green was let in, red refused. */
export function Shots() {
  const { fired } = useView();
  return (
    <ul className="grid gap-x-6 gap-y-3 border-rule border-t px-4 py-3 sm:grid-cols-3">
      {algorithmNames.map((name) => {
        const mine = fired.filter(({ algorithm }) => algorithm === name).slice(-LATEST);
        return (
          <li key={name} className="text-[0.8125rem]">
            <p className="tabular-nums">
              <span className="sr-only">{titles[name]}: </span>
              {summary(mine)}
            </p>
            <div aria-hidden className="mt-1.5 flex flex-wrap gap-0.5">
              {mine.map(({ id, status }) => (
                <span key={id} className={`size-2 ${tones[status] ?? "bg-edge"}`} />
              ))}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function summary(list: readonly Fired[]): string {
  if (list.length === 0) return "Nothing fired yet";
  const count = (status: number) => list.filter((one) => one.status === status).length;
  const wait = list.findLast(({ status }) => status === 429)?.retryAfterMs;
  const refused = count(429);
  return `${count(200)} in, ${refused} refused${wait === undefined ? "" : `; last wait ${time(wait)}`}`;
}
