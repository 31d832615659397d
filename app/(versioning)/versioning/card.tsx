import { lifeCycles } from "../contract";

/** For the home page's card: how long the old version has to live. */
export function VersioningCard() {
  const date = lifeCycles[1]?.sunset.toISOString().slice(0, 10);
  return (
    <p className="text-muted tabular-nums">
      version 2 is current, version 1 ends on <time dateTime={date}>{date}</time>
    </p>
  );
}
