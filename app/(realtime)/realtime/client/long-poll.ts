import type { Lane } from "./lane";
import { createPolling, type PollingOptions } from "./polling";

/** An empty answer that came sooner than this was not the end of a wait: the server is leaving. */
const SOON_MS = 900;

/**
 * Long polling: the answer waits until there is something. As prompt as a push, at the price of a
 * request for each answer; several entries that come close together share one.
 */
export function createLongPollLane(options: PollingOptions & { timeoutSeconds?: number }): Lane {
  const { run, timeoutSeconds = 25 } = options;
  return createPolling(
    {
      name: "long-poll",
      request: (position) => ({
        url: `/api/realtime/long-poll?after=${position}&timeout=${timeoutSeconds}&run=${run}`,
      }),
      pause: ({ found, tookMs }) =>
        found === 0 && tookMs < SOON_MS ? 500 + Math.random() * 500 : 0,
    },
    options,
  );
}
