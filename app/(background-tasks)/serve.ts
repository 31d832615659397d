import { registerSweep } from "@/lib/sweeps";
import { inngest } from "./inngest/client";
import { startRelay } from "./outbox/relay";
import { sweptTables } from "./outbox/sweeps";
import { startWatchdog } from "./watchdog/watchdog";

/**
 * What each instance does for jobs: hands their events over to Inngest, sends those again whose run was
 * lost there, and knows what to sweep. The
 * jobs themselves run in the calls of /api/inngest.
 * @returns ends it
 */
export function serveJobs(): () => Promise<void> {
  const unregister = Object.entries(sweptTables).map(([name, run]) => registerSweep(name, run));
  const endWatchdog = startWatchdog();
  const endRelay = startRelay((events) => inngest().send(events));
  return async () => {
    for (const undo of unregister) undo();
    await Promise.all([endWatchdog(), endRelay()]);
  };
}
