"use client";

import { useRoom } from "../room-provider";

const KEPT = 5;

/**
 * What a screen reader hears: the newest messages of others, as a live log. The visible list is
 * virtualised, so its elements come and go as it scrolls, and would be read out for that.
 */
export function Announcer() {
  const { messages, me } = useRoom();
  const newest = messages.slice(-KEPT).filter(({ author }) => author.userId !== me?.userId);
  return (
    <div role="log" aria-live="polite" aria-label="New messages" className="sr-only">
      {newest.map(({ seq, author, text }) => (
        <p key={seq}>
          {author.name}: {text}
        </p>
      ))}
    </div>
  );
}
