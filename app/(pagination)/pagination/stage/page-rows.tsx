"use client";

import { useDepth } from "../pagination-provider";

/** The rows of the page that was come by last. */
export function PageRows() {
  const { items, depth, by } = useDepth();
  return (
    <div className="min-w-0">
      <p className="pb-1 text-muted text-xs tabular-nums">
        {items.length === 0
          ? "No rows here."
          : `Rows ${(depth + 1).toLocaleString("en")} to ${(depth + items.length).toLocaleString("en")}, come by ${by}`}
      </p>
      <ol aria-label="The page" className="text-xs">
        {items.map((item) => (
          <li key={item.id} className="flex gap-2 border-rule border-b py-1 tabular-nums">
            <span className="min-w-0 flex-1 truncate">{item.title}</span>
            <span className="text-muted">{(item.price / 100).toFixed(2)}</span>
            <time dateTime={item.created_at} className="font-mono text-[0.6875rem] text-muted">
              {item.created_at.slice(0, 10)}
              <span className="hidden sm:inline"> {item.created_at.slice(11, 26)}</span>
            </time>
          </li>
        ))}
      </ol>
    </div>
  );
}
