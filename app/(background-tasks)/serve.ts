import { registerSweep } from "@/lib/sweeps";
import type { JobEvent } from "./contract";
import { inngest } from "./inngest/client";
import { transact } from "./jobs/transact";
import { startRelay } from "./outbox/relay";
import type { OutboxEvent } from "./outbox/rows";
import { sweptTables } from "./outbox/sweeps";

/**
 * What each instance does for jobs: hands their events over to Inngest, and knows what to sweep. The
 * jobs themselves run in the calls of /api/inngest.
 * @returns ends it
 */
export function serveJobs(): () => Promise<void> {
  const unregister = Object.entries(sweptTables).map(([name, run]) => registerSweep(name, run));
  const endRelay = startRelay({
    async send(events) {
      await inngest().send(events);
    },
    onSent: noteSent,
  });
  return async () => {
    for (const undo of unregister) undo();
    await endRelay();
  };
}

async function noteSent(events: OutboxEvent[]): Promise<void> {
  await transact(async (tx) => {
    for (const { eventId, data } of events) {
      const event: JobEvent = { type: "sent", id: data.jobId, eventId };
      tx.note(data.userId, event);
    }
  });
}
