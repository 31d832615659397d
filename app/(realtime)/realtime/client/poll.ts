import { realtimeLimits } from "../../contract";
import type { Lane } from "./lane";
import { createPolling, type PollingOptions } from "./polling";

/**
 * Short polling: asks at an interval, with the position as its ETag. What is new waits for the next
 * question, half an interval on average; what is not costs a request all the same.
 */
export function createPollLane(options: PollingOptions & { intervalMs(): number }): Lane {
  const { run, intervalMs } = options;
  return createPolling(
    {
      name: "poll",
      request: (position) => ({
        url: `/api/realtime/poll?after=${position}&run=${run}`,
        headers: { "if-none-match": `"${position}"` },
      }),
      pause: ({ found }) => (found >= realtimeLimits.pageEntries ? 0 : intervalMs()),
    },
    options,
  );
}
