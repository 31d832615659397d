"use client";

import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { useLive, useReading } from "../pagination-provider";
import { Lists } from "./lists";
import { WriterControls } from "./writer-controls";

const READ_ON_MS = 700;

export const sortOptions = [
  { value: "time", label: "Time" },
  { value: "price", label: "Price" },
  { value: "title", label: "Title" },
] as const;

/** Two readers of one list, side by side, while a writer works on it. */
export function DriftPanel() {
  const { live, problem: noSession } = useLive();
  const { sort, busy, pages, done, problem } = useReading();
  const [readingOn, setReadingOn] = useState(false);
  const atEnd = done.offset && done.cursor;

  useEffect(() => {
    if (!readingOn || !live) return;
    if (atEnd) return setReadingOn(false);
    const timer = setInterval(live.reading.more, READ_ON_MS);
    return () => clearInterval(timer);
  }, [readingOn, live, atEnd]);

  return (
    <section aria-labelledby="drift" className="rounded-md border border-rule bg-surface">
      <div className="space-y-3 border-rule border-b px-4 py-3 text-[0.8125rem]">
        <h3 id="drift" className="display text-xl">
          What is lost: your own list, while somebody writes
        </h3>
        <p className="max-w-prose text-muted">
          500 rows that are yours alone, read twice: by offset, and by cursor. Start the writer,
          then scroll. A row that was there all the time, and comes again or never, is an error of
          the reader.
        </p>
        <WriterControls />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Button
            look="solid"
            disabled={!live || busy || atEnd || pages === 0}
            onClick={() => live?.reading.more()}
          >
            Next page
          </Button>
          <Button
            disabled={!live || atEnd}
            aria-pressed={readingOn}
            onClick={() => setReadingOn(!readingOn)}
          >
            {readingOn ? "Stop reading on" : "Read to the end"}
          </Button>
          <Button disabled={!live} onClick={() => live?.reading.restart()}>
            From the top
          </Button>
          <Button disabled={!live} onClick={() => live?.reading.renew()}>
            New list
          </Button>
          <Segmented
            legend="Order of the list"
            options={sortOptions}
            value={sort}
            onChange={(sort) => live?.reading.restart({ sort })}
          />
        </div>
        {(problem ?? noSession) && (
          <p role="alert" className="text-bad">
            {problem ?? noSession}
          </p>
        )}
      </div>
      <Lists readingOn={readingOn} />
    </section>
  );
}
