"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Score } from "../client/score";
import { useLive, useReading } from "../pagination-provider";
import { ListRow, ROW_PX } from "./list-row";

/** So close to the end, the next page is asked for. */
const NEAR_END_PX = 6 * ROW_PX;

/** Both lists in one scrolling box: they cannot but move together. Only what is in sight is drawn. */
export function Lists({ readingOn }: { readingOn: boolean }) {
  const { live } = useLive();
  const { scores, pages, done } = useReading();
  const box = useRef<HTMLElement>(null);
  const count = Math.max(scores.offset.entries.length, scores.cursor.entries.length);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    initialRect: { width: 0, height: 420 },
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: each page that comes moves to its end.
  useEffect(() => {
    if (readingOn && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [readingOn, pages]);

  const lists = [
    ["By offset", scores.offset, done.offset],
    ["By cursor", scores.cursor, done.cursor],
  ] as const;
  return (
    <>
      <div className="grid grid-cols-2 gap-x-3 border-rule border-b px-3 py-2 sm:px-4">
        {lists.map(([name, score, ended]) => (
          <Heading key={name} name={name} score={score} ended={ended} />
        ))}
      </div>
      <section
        ref={box}
        aria-label="The list, as the two readers got it"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        onScroll={({ currentTarget: el }) => {
          if (el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END_PX)
            void live?.reading.more();
        }}
        className="relative h-[26rem] overflow-y-auto px-3 sm:px-4"
      >
        <div
          className="relative grid grid-cols-2 gap-x-3"
          style={{ height: virtual.getTotalSize() }}
        >
          {lists.map(([name, { entries }]) => (
            <ol key={name} aria-label={name} className="relative min-w-0">
              {virtual.getVirtualItems().map(({ index, start }) => {
                const entry = entries[index];
                return (
                  entry && (
                    <ListRow
                      key={index}
                      entry={entry}
                      top={start}
                      position={index + 1}
                      size={entries.length}
                    />
                  )
                );
              })}
            </ol>
          ))}
        </div>
      </section>
    </>
  );
}

function Heading({ name, score, ended }: { name: string; score: Score; ended: boolean }) {
  const { entries, skips, duplicates } = score;
  return (
    <div className="min-w-0 text-xs">
      <h4 className="small-caps">{name}</h4>
      <p className="text-muted tabular-nums">
        {entries.length - skips} rows{ended && ", the end"}
      </p>
      <p className="flex flex-wrap gap-x-3 tabular-nums">
        <span className={duplicates > 0 ? "text-bad" : "text-muted"}>{duplicates} again</span>
        <span className={skips > 0 ? "text-warn" : "text-muted"}>{skips} skipped</span>
      </p>
    </div>
  );
}
