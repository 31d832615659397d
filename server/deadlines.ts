import { type PaceLimits, slowestPace } from "@/lib/pace";

/** How long a client may take, in milliseconds. Past it, its connection ends, with 408 where nothing was answered. */
export interface Deadlines {
  /** For the head of a request, from its first byte; for a connection that says nothing, from its beginning. */
  head: number;
  /** For the body, from the end of the head: and longer for one whose bytes come at the pace below. */
  body: number;
  /** The same for a form with a file. */
  upload: number;
  /** How fast a body has to come at least. */
  pace: Omit<PaceLimits, "graceMs">;
  /** Between an answer and the next request. Longer than the 60 s for which proxies keep a connection. */
  idle: number;
  /** How often it is looked for heads that are late. */
  look: number;
}

export const deadlines: Deadlines = {
  head: 10_000,
  body: 30_000,
  upload: 60_000,
  pace: slowestPace,
  idle: 65_000,
  look: 1_000,
};
