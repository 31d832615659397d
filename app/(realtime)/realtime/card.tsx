import { realtimeLimits } from "../contract";

/** For the home page's card: what the page offers, since nothing runs until somebody starts it. */
export function RealtimeCard() {
  return (
    <p className="text-muted tabular-nums">
      4 lanes, {realtimeLimits.rate.min} to {realtimeLimits.rate.max} events a second
    </p>
  );
}
