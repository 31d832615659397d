import { z } from "zod";

/** The data of the event that starts a job. What the job is to do stays in its row. */
export const startData = z.object({
  jobId: z.uuid(),
  userId: z.uuid(),
  round: z.int().positive(),
  /** When a deferred job begins. */
  dueAt: z.iso.datetime().nullable(),
});
export type StartData = z.infer<typeof startData>;
