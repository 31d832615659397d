import { NonRetriableError } from "inngest";
import { z } from "zod";

/** The data of the event that starts a job. What the job is to do stays in its row. */
export const startData = z.object({
  jobId: z.uuid(),
  userId: z.uuid(),
  round: z.int().positive(),
  /** How often this event was sent before in its round, under other ids. */
  again: z.int().nonnegative().default(0),
  /** When a deferred job begins. */
  dueAt: z.iso.datetime().nullable(),
});
export type StartData = z.infer<typeof startData>;

/**
 * What an event says of the job to start.
 * @throws NonRetriableError for an event that is none of ours: it would not get better
 */
export function startOf(event: { data?: unknown }): StartData {
  const parsed = startData.safeParse(event.data);
  if (parsed.success) return parsed.data;
  throw new NonRetriableError("This event starts no job.", { cause: parsed.error });
}
