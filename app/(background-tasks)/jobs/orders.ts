import { HttpError } from "@/lib/http";
import { hasEnded } from "../contract";
import { startEvent } from "./create";
import { type JobRow, lockRow, updateRow } from "./rows";
import { transact } from "./transact";

/** The event that ends a run: functions name it in `cancelOn`. */
export const CANCELLED = "job/cancelled";

/**
 * Cancels a job. The row decides: a step that is running finds it changed and does nothing more.
 * The event ends the run between its steps, whether it sleeps, waits for a retry or runs.
 * @returns its status afterwards
 */
export function cancelJob({ id }: JobRow): Promise<JobRow["status"]> {
  return transact(async (tx) => {
    const job = await lockRow(tx, id);
    if (!job || hasEnded(job.status)) return job?.status ?? "cancelled";
    const { status } = await updateRow(
      tx,
      job,
      "status = 'cancelled', due_at = NULL, finished_at = now()",
    );
    await tx.query("DELETE FROM job_step WHERE job_id = $1 AND status <> 'done'", [id]);
    const data = { jobId: id, userId: job.userId, round: job.round };
    await tx.send({ id: `${id}:${job.round}:cancel`, name: CANCELLED, data });
    return status;
  });
}

/**
 * Starts a dead letter again, as its next round. What the ledger holds is not done again.
 * @param withoutFaults also takes back the faults that were asked for, poison included
 * @throws HttpError 409 where it is no dead letter
 */
export function replayJob({ id }: JobRow, withoutFaults: boolean): Promise<JobRow> {
  return transact(async (tx) => {
    const job = await lockRow(tx, id);
    if (job?.status !== "dead")
      throw new HttpError(409, "not-dead", "Only a dead letter can be replayed. This job is none.");
    const input = withoutFaults ? { ...(job.input as object), faults: {} } : job.input;
    const next = await updateRow(
      tx,
      job,
      `status = 'queued', round = round + 1, restarts = 0, attempt = 0, error = NULL, due_at = NULL,
       finished_at = NULL, input = $2`,
      [JSON.stringify(input)],
    );
    await tx.query("DELETE FROM job_step WHERE job_id = $1 AND status <> 'done'", [id]);
    await tx.send(startEvent(next));
    return next;
  });
}
