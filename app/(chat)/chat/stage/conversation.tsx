"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef } from "react";
import { Boundary } from "@/components/boundary";
import { Button } from "@/components/ui/button";
import { useLive, useRoom } from "../room-provider";
import { MessageRow, OutgoingRow } from "./message-row";
import { useHistory } from "./use-history";

/** Counts as being at the end. */
const END_PX = 60;
/** So near to the top, the older messages are fetched. */
const TOP_PX = 200;

/** The room's messages, virtualised. Stays at the end while one is there; older ones come on scrolling up. */
export function Conversation({ room }: { room: string }) {
  const connection = useLive()?.connection;
  const { messages, outgoing, me, status } = useRoom();
  const { loadOlder, more, loading } = useHistory(room);
  const scroller = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const fromBottom = useRef(0);
  const first = messages[0]?.seq;
  const last = messages.at(-1)?.seq;

  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => messages[index]?.seq ?? index,
    estimateSize: () => 52,
    overscan: 8,
  });

  function onScroll(): void {
    const { current: box } = scroller;
    if (!box) return;
    fromBottom.current = box.scrollHeight - box.scrollTop;
    atEnd.current = fromBottom.current - box.clientHeight < END_PX;
    if (box.scrollTop < TOP_PX && !atEnd.current) void loadOlder();
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was prepended must not move what is read.
  useLayoutEffect(() => {
    const { current: box } = scroller;
    if (box && !atEnd.current) box.scrollTop = box.scrollHeight - fromBottom.current;
  }, [first]);

  const total = rows.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever grows the list keeps the end in sight.
  useLayoutEffect(() => {
    const { current: box } = scroller;
    if (box && atEnd.current) box.scrollTop = box.scrollHeight;
  }, [last, outgoing.length, total]);

  return (
    <section
      ref={scroller}
      onScroll={onScroll}
      aria-label="Conversation"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="h-[26rem] overflow-y-auto overscroll-contain"
      style={{ overflowAnchor: "none" }}
    >
      <div className="px-4 pt-3 text-center text-[0.8125rem] text-muted">
        {more ? (
          <Button look="bare" onClick={loadOlder} disabled={loading}>
            {loading ? "Reading the past" : "Older messages"}
          </Button>
        ) : (
          <p>{status === "joined" ? "The beginning of this room" : "Joining the room"}</p>
        )}
      </div>
      <ol className="relative" style={{ height: total }} data-count={messages.length}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const message = messages[index];
          if (!message) return null;
          return (
            <li
              key={key}
              data-index={index}
              ref={rows.measureElement}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Boundary
                fallback={<p className="px-4 py-1.5 text-muted">A message that cannot be shown.</p>}
              >
                <MessageRow message={message} mine={message.author.userId === me?.userId} />
              </Boundary>
            </li>
          );
        })}
      </ol>
      <ol aria-label="On their way">
        {outgoing.map((message) => (
          <OutgoingRow
            key={message.id}
            message={message}
            onRetry={() => connection?.retry(message.id)}
            onDiscard={() => connection?.discard(message.id)}
          />
        ))}
      </ol>
    </section>
  );
}
