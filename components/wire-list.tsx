"use client";

import { useLayoutEffect, useRef } from "react";
import type { WireFrame } from "./wire";
import { WireRow } from "./wire-row";

const NEAR_END_PX = 24;

/** The scrolling frames. It follows the newest only while the reader is at the end. */
export function WireList({ frames, label }: { frames: readonly WireFrame[]; label: string }) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const newest = frames.at(-1)?.id;

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs once for each newest frame.
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [newest]);

  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: el }) => {
        atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END_PX;
      }}
      className="relative h-72 overflow-y-auto font-mono text-xs leading-5"
    >
      {frames.length === 0 ? (
        <p className="px-4 py-3 font-sans text-[0.8125rem] text-muted">
          Nothing has crossed the wire yet.
        </p>
      ) : (
        <ol className="py-2">
          {frames.map((frame) => (
            <WireRow key={frame.id} frame={frame} />
          ))}
        </ol>
      )}
    </section>
  );
}
