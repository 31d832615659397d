import type { Kind } from "../contract";
import { CANCELLED } from "../jobs/orders";
import { loseRun } from "../watchdog/restart";
import { startOf } from "./start-data";
import { inTurn } from "./turns";

/**
 * Inngest's maximum. It also counts calls that never reached our code (a refused connection, a 502 of a
 * proxy, a process that died), so it is no limit of ours: our own attempts are counted by
 * `jobLimits.attempts`, and the last of them ends with a NonRetriableError.
 */
const RETRIES = 20;

/** What the functions of all kinds of jobs have in common. */
export const optionsOf = (kind: Kind) => ({
  id: kind,
  triggers: [{ event: `job/${kind}` }],
  retries: RETRIES as typeof RETRIES,
  /** Steps of one user that run at once: nobody's thousand jobs keep another's one waiting. */
  concurrency: [{ limit: 4, key: "event.data.userId" }] as [{ limit: number; key: string }],
  cancelOn: [
    {
      event: CANCELLED,
      if: "async.data.jobId == event.data.jobId && async.data.round == event.data.round",
    },
  ],
  /** Inngest has given the run up. Where our own code has failed for good, the job has ended already. */
  async onFailure({
    event,
    error,
  }: {
    event: { data: { event: { data?: unknown } } };
    error: Error;
  }) {
    await inTurn(() => loseRun(startOf(event.data.event), error.message));
  },
});
