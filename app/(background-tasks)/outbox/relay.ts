import { bus } from "@/lib/bus";
import { logger } from "@/lib/logger";
import { OUTBOX } from "../jobs/transact";
import { claim, markSent, type OutboxEvent, putBack } from "./rows";

/** Without a wake-up: what another process left behind is found this late. */
const POLL_MS = 2_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

export interface RelayOptions {
  /** Hands events over. Those that Inngest has seen by their id, it passes over. */
  send(events: { id: string; name: string; data: object }[]): Promise<void>;
  /** Told after events were handed over and marked. */
  onSent(events: OutboxEvent[]): Promise<void>;
}

export const retryMs = (attempts: number) =>
  Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), MAX_RETRY_MS);

/**
 * One round of the relay: claim, hand over, mark. A crash after the second leads to the same events
 * with the same ids once more, which Inngest takes once; a crash before it loses nothing.
 * @returns how many were handed over
 */
export async function relayOnce({ send, onSent }: RelayOptions): Promise<number> {
  const events = await claim();
  if (events.length === 0) return 0;
  const ids = events.map(({ eventId }) => eventId);
  try {
    await send(events.map(({ eventId, name, data }) => ({ id: eventId, name, data })));
  } catch (err) {
    const attempts = Math.max(...events.map((event) => event.attempts));
    logger().warn({ err, events: ids.length, attempts }, "Inngest took no events; they wait");
    await putBack(ids, retryMs(attempts));
    return 0;
  }
  await markSent(ids);
  await onSent(events);
  return ids.length;
}

/**
 * This instance's relay. Woken by the bus after each commit that has something to send, and by a
 * slow poll, which also repeats what failed.
 * @returns ends it, after the round that is under way
 */
export function startRelay(options: RelayOptions): () => Promise<void> {
  let ended = false;
  let again = false;
  let running: Promise<void> | undefined;
  const wake = () => {
    again = true;
    if (ended || running) return;
    running = run().finally(() => {
      running = undefined;
    });
  };
  const unsubscribe = bus().subscribe(OUTBOX, wake, wake);
  const timer = setInterval(wake, POLL_MS);

  async function run(): Promise<void> {
    while (again && !ended) {
      again = false;
      try {
        if ((await relayOnce(options)) > 0) again = true;
      } catch (err) {
        logger().warn({ err }, "the outbox could not be read; the next round tries again");
      }
    }
  }

  return async () => {
    ended = true;
    clearInterval(timer);
    unsubscribe();
    await running;
  };
}
