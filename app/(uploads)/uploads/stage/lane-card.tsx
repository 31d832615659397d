"use client";

import { StatusDot } from "@/components/ui/status-dot";
import type { Way } from "../../contract";
import type { Lane, LaneStatus, LaneView } from "../client/lane";
import { bytesText, durationText, rateText } from "../client/progress";
import { LaneButtons } from "./lane-buttons";
import { laneLooks } from "./lanes";

const said: Record<LaneStatus, [tone: "good" | "warn" | "bad" | "plain", text: string]> = {
  idle: ["plain", "waits for a file"],
  preparing: ["warn", "preparing"],
  sending: ["warn", "1 of 2: sending"],
  finishing: ["warn", "2 of 2: the server finishes"],
  paused: ["plain", "paused"],
  stored: ["good", "stored"],
  failed: ["bad", "failed"],
  cancelled: ["plain", "cancelled"],
};
const digests = { true: ", digest equal", false: ", digest different", null: "" } as const;

/** One lane: how far it is, how fast, and what can be done. */
export function LaneCard(props: { way: Way; view: LaneView; lane: Lane | undefined }) {
  const { way, view, lane } = props;
  const { status, file, sent, rate, secondsLeft, seconds, parts, retries, message } = view;
  const { title, about } = laneLooks[way];
  const [tone, text] = said[status];
  const size = file?.size ?? 0;
  const percent = status === "stored" ? 100 : Math.floor((sent / Math.max(size, 1)) * 100);
  return (
    <section aria-label={title} className="flex h-full flex-col px-4 py-3 text-[0.8125rem]">
      <h3 className="display text-lg">{title}</h3>
      <p className="text-muted text-xs">{about}</p>
      <p role="status" className="mt-2">
        <StatusDot tone={tone}>
          {text}
          {status === "stored" && digests[`${view.equal}`]}
        </StatusDot>
      </p>
      <div
        role="progressbar"
        aria-label={`${title}: sent`}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="mt-2 h-1.5 bg-accent-wash"
      >
        <div className="h-full bg-accent" style={{ width: `${percent}%` }} />
      </div>
      <p className="mt-1 min-h-10 text-muted tabular-nums">
        {file && `${bytesText(sent)} of ${bytesText(size)}`}
        {status === "sending" && ` · ${rateText(rate)} · ${durationText(secondsLeft)} left`}
        {status === "stored" && seconds !== null && ` in ${seconds.toFixed(1)} s`}
        {parts && ` · ${parts.stored} of ${parts.all} parts`}
        {retries > 0 && ` · ${retries} ${retries === 1 ? "retry" : "retries"}`}
      </p>
      {message && <p className="break-words text-bad">{message}</p>}
      <div className="mt-auto pt-2">
        <LaneButtons title={title} view={view} lane={lane} />
      </div>
    </section>
  );
}
