import { logger } from "@/lib/logger";
import type { JobEvent } from "../contract";
import { transact } from "../jobs/transact";
import { claim, markSent, putBack } from "./rows";
import { onWake } from "./wake";

/** What another process has left behind is found this late. */
const POLL_MS = 2_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/** Hands events over. Those that Inngest has seen by their id, it passes over. */
type Send = (events: { id: string; name: string; data: object }[]) => Promise<unknown>;

export const retryMs = (attempts: number) =>
  Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), MAX_RETRY_MS);

/**
 * One round of the relay: claim, hand over, mark. A crash after the second leads to the same events
 * with the same ids once more, which Inngest takes once; a crash before it loses nothing.
 * @returns how many were handed over
 */
export async function relayOnce(send: Send): Promise<number> {
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
  await transact(async (tx) => {
    await markSent(tx, ids);
    for (const { eventId, data } of events) {
      const event: JobEvent = { type: "sent", id: data.jobId, eventId };
      tx.note(data.userId, event);
    }
  });
  return ids.length;
}

/**
 * This instance's relay. Woken after each commit of its own process that has something to send, and by
 * a slow poll, which also repeats what failed and finds what a process that died has left.
 * @returns ends it, after the round that is under way
 */
export function startRelay(send: Send): () => Promise<void> {
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
  const forget = onWake(wake);
  const timer = setInterval(wake, POLL_MS);

  async function run(): Promise<void> {
    while (again && !ended) {
      again = false;
      try {
        if ((await relayOnce(send)) > 0) again = true;
      } catch (err) {
        logger().warn({ err }, "the outbox could not be read; the next round tries again");
      }
    }
  }

  return async () => {
    ended = true;
    clearInterval(timer);
    forget();
    await running;
  };
}
