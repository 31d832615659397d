import { logger } from "@/lib/logger";
import { hasEnded, jobLimits } from "../contract";
import { buryIn } from "../inngest/bury";
import type { StartData } from "../inngest/start-data";
import { startEvent } from "../jobs/create";
import { type JobRow, lockRow, updateRow } from "../jobs/rows";
import { type Transaction, transact } from "../jobs/transact";

/**
 * Sends the start event of a job again, under a new id, so that Inngest begins a new run. What the
 * ledger holds is not done again, also where the earlier run goes on after all. A job that has been
 * restarted often enough becomes a dead letter.
 *
 * @param job locked by the caller, and not ended
 * @param reason what is said in the log, to the readers of the job's events, and on the page
 */
export async function restart(tx: Transaction, job: JobRow, reason: string): Promise<void> {
  const of = jobLimits.restarts;
  if (job.restarts >= of) {
    const message = `${reason} It was started again ${of} times, in vain.`;
    logger().error({ job: job.id, reason }, "a job that could not be restarted is a dead letter");
    return buryIn(tx, job, message);
  }
  // Steps keep their rows: their attempts and what is known of them. One that sleeps sleeps on.
  const next = await updateRow(
    tx,
    job,
    `restarts = restarts + 1, error = $2,
     due_at = CASE WHEN status = 'sleeping' AND due_at > now() THEN due_at END,
     status = CASE WHEN status = 'sleeping' AND due_at > now() THEN status ELSE 'queued' END`,
    [reason.slice(0, 500)],
  );
  const count = next.restarts;
  tx.note(job.userId, { type: "restarted", id: job.id, restart: count, of, reason });
  await tx.send(startEvent(next));
  logger().warn(
    { job: job.id, restart: count, of, reason },
    "the start event of a job is sent again",
  );
}

/**
 * Inngest has given a run up. Our own failures end a job by themselves, so this run was lost to
 * something else: calls that did not reach us for longer than Inngest tries. Where it was the job's
 * last one, the job is started again.
 */
export function loseRun({ jobId, round, again }: StartData, message: string): Promise<void> {
  return transact(async (tx) => {
    const job = await lockRow(tx, jobId);
    if (!job || job.round !== round || job.restarts !== again || hasEnded(job.status)) return;
    // What Inngest says may name addresses inside the network: it is for the log alone.
    logger().warn({ job: jobId, message }, "Inngest gave a run up");
    await restart(tx, job, "Inngest gave the run up.");
  });
}
