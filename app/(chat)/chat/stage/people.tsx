"use client";

import { useRoom } from "../room-provider";

const SHOWN = 8;

/** Who is in the room, on any instance, each person once. */
export function People() {
  const { people, count, me } = useRoom();
  const shown = people.slice(0, SHOWN);
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-rule border-b px-4 py-2 text-[0.8125rem]">
      <h3 className="small-caps text-muted">Here</h3>
      {count === 0 && <p className="text-muted">nobody yet</p>}
      <ul aria-label="People here" className="contents">
        {shown.map(({ userId, name }) => (
          <li key={userId} className={userId === me?.userId ? "font-medium" : ""}>
            <bdi>{name}</bdi>
            {userId === me?.userId && <span className="text-muted"> (you)</span>}
          </li>
        ))}
      </ul>
      {count > shown.length && <p className="text-muted">and {count - shown.length} more</p>}
    </div>
  );
}
