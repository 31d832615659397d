import { memo } from "react";
import type { WireFrame } from "./wire";

const BODY_SHOWN = 600;
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

function timeOf(at: number) {
  return `${clock.format(at)}.${String(Math.floor(at) % 1000).padStart(3, "0")}`;
}

/** A frame as one line of text, for the clipboard. */
export function frameText(frame: WireFrame) {
  return `${timeOf(frame.at)} ${frame.direction === "out" ? "→" : "←"} ${frame.label}${frame.body ? ` ${frame.body}` : ""}`;
}

/** One frame. Long bodies are cut on the screen, never in the copy. */
export const WireRow = memo(function WireRow({ frame }: { frame: WireFrame }) {
  const { body = "" } = frame;
  const rest = body.length - BODY_SHOWN;
  return (
    <li className="grid grid-cols-[auto_1rem_1fr_auto] gap-x-2 px-4 py-0.5">
      <time dateTime={new Date(frame.at).toISOString()} className="text-muted tabular-nums">
        {timeOf(frame.at)}
      </time>
      <span className={frame.direction === "out" ? "text-accent" : "text-good"}>
        <span aria-hidden>{frame.direction === "out" ? "→" : "←"}</span>
        <span className="sr-only">{frame.direction}</span>
      </span>
      <span className="min-w-0">{frame.label}</span>
      <span className="text-muted tabular-nums">
        {frame.bytes !== undefined && `${frame.bytes.toLocaleString("en")} B`}
      </span>
      {body && (
        <span className="col-span-full whitespace-pre-wrap text-muted [overflow-wrap:anywhere] sm:col-span-2 sm:col-start-3">
          {rest > 0 ? `${body.slice(0, BODY_SHOWN)}… ${rest} characters more` : body}
        </span>
      )}
    </li>
  );
});
