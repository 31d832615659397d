import { jobLimits, type Kind } from "../contract";
import { CANCELLED } from "../jobs/orders";
import { bury } from "./bury";
import { startData } from "./start-data";

/** What the functions of all kinds of jobs have in common. */
export const optionsOf = (kind: Kind) => ({
  id: kind,
  triggers: [{ event: `job/${kind}` }],
  retries: (jobLimits.attempts - 1) as 3,
  /** Steps of one user that run at once: nobody's thousand jobs keep another's one waiting. */
  concurrency: [{ limit: 4, key: "event.data.userId" }] as [{ limit: number; key: string }],
  cancelOn: [
    {
      event: CANCELLED,
      if: "async.data.jobId == event.data.jobId && async.data.round == event.data.round",
    },
  ],
  /** All attempts have failed, or one said that there is no use in another. */
  async onFailure({
    event,
    error,
  }: {
    event: { data: { event: { data?: unknown } } };
    error: Error;
  }) {
    await bury(startData.parse(event.data.event.data), error.message);
  },
});
