"use client";

import { useId } from "react";
import { dateOf, dayOf, deprecation, lastDay, sunset } from "../client/life";

const share = (date: Date) => `${((dayOf(date) / lastDay) * 100).toFixed(2)}%`;
const parts = [
  { name: "current", width: share(deprecation), look: "bg-good" },
  { name: "deprecated", width: `calc(${share(sunset)} - ${share(deprecation)})`, look: "bg-warn" },
  { name: "gone", width: `calc(100% - ${share(sunset)})`, look: "bg-bad" },
];

/** The clock, from before the deprecation to after the sunset; a step is a day. */
export function ClockSlider(props: { day: number | null; onChange: (day: number) => void }) {
  const { day, onChange } = props;
  const id = useId();
  const at = day ?? Math.min(Math.max(dayOf(new Date()), 0), lastDay);
  const date = dateOf(at).toISOString().slice(0, 10);
  return (
    <div className="px-4 pt-3 text-xs">
      <label htmlFor={id} className="text-muted">
        Clock: <time dateTime={date}>{date}</time>
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={lastDay}
        value={at}
        aria-valuetext={date}
        onChange={({ target }) => onChange(Number(target.value))}
        className="block h-8 w-full accent-(--accent)"
      />
      {/* A thumb's half narrower at both ends, as the way of the thumb is. */}
      <div aria-hidden className="mx-2 flex">
        {parts.map(({ name, width, look }) => (
          <span key={name} style={{ width }} className="min-w-0">
            <span className={`block h-1 ${look}`} />
            <span className="block truncate text-muted">{name}</span>
          </span>
        ))}
      </div>
    </div>
  );
}
