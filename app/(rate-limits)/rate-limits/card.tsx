import { rateLimits } from "../contract";

/** For the home page's card: what the two routes allow. */
export function RateLimitsCard() {
  const { data, search } = rateLimits;
  return (
    <p className="text-muted tabular-nums">
      {data.limit} a minute in process, {search.limit} across instances
    </p>
  );
}
