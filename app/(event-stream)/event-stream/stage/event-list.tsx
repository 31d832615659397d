"use client";

import type { TimelineEvent } from "../client/state";
import { useTimeline } from "../timeline-provider";

/** The last hundred events, newest first. */
export function EventList() {
  const { events, status } = useTimeline();
  return (
    <section
      aria-label="Timeline"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      className="h-[22rem] overflow-y-auto overscroll-contain"
    >
      {events.length === 0 && (
        <p className="px-4 py-3 text-[0.8125rem] text-muted">
          {status === "live"
            ? "No event yet. Publish one: it comes back over the stream."
            : "Opening the stream."}
        </p>
      )}
      <ol aria-live="polite" aria-relevant="additions">
        {events.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </ol>
    </section>
  );
}

function EventRow({ event }: { event: TimelineEvent }) {
  const { id, type, at, payload, replayed } = event;
  return (
    <li
      data-id={id}
      className="grid grid-cols-[2.5rem_minmax(0,1fr)_auto] items-baseline gap-x-3 border-rule border-b px-4 py-2 last:border-b-0"
    >
      <span className="text-right font-mono text-muted text-xs tabular-nums">{id}</span>
      <span className="text-[0.8125rem]">
        <span className="font-medium">{type}</span>
        {replayed && <span className="ml-2 text-muted">replayed</span>}
      </span>
      <time className="text-[0.8125rem] text-muted tabular-nums" dateTime={at}>
        {new Date(at).toLocaleTimeString(undefined, { timeStyle: "medium" })}
      </time>
      <code className="col-start-2 col-end-4 line-clamp-3 font-mono text-muted text-xs leading-5 [overflow-wrap:anywhere]">
        {JSON.stringify(payload)}
      </code>
    </li>
  );
}
