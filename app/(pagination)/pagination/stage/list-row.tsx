import { memo } from "react";
import type { Entry } from "../client/score";

export const ROW_PX = 34;

const looks = {
  read: { row: "border-rule", word: "" },
  again: { row: "border-bad text-bad", word: "again" },
  skipped: { row: "border-warn border-dashed text-warn", word: "skipped" },
};

/** A row as it was read: in colour, and in a word, where it came again or never. */
export const ListRow = memo(function ListRow(props: {
  entry: Entry;
  top: number;
  position: number;
  size: number;
}) {
  const { entry, top, position, size } = props;
  const { item, mark } = entry;
  const { row, word } = looks[mark];
  return (
    <li
      aria-setsize={size}
      aria-posinset={position}
      data-mark={mark}
      data-id={item.id}
      className={`absolute inset-x-0 flex items-baseline gap-2 border-b text-xs leading-8 ${mark === "read" ? "" : "border-l-4 pl-1.5"} ${row}`}
      style={{ height: ROW_PX, transform: `translateY(${top}px)` }}
    >
      <span className="min-w-0 flex-1 truncate">{item.title}</span>
      {word && <strong className="font-medium">{word}</strong>}
      <span className="hidden text-muted tabular-nums sm:inline">
        {(item.price / 100).toFixed(2)}
      </span>
      <time
        dateTime={item.created_at}
        className="hidden font-mono text-[0.6875rem] text-muted md:inline"
      >
        {item.created_at.slice(5, 26).replace("T", " ")}
      </time>
    </li>
  );
});
