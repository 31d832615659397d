import { type JobRow, updateRow } from "../jobs/rows";
import type { Transaction } from "../jobs/transact";

/**
 * Makes a dead letter of a job that the caller has locked and found not ended: kept, shown, and ready
 * to be replayed.
 */
export async function buryIn(tx: Transaction, job: JobRow, message: string): Promise<void> {
  await tx.query(
    `UPDATE job_step SET status = 'failed', due_at = NULL, finished_at = now()
      WHERE job_id = $1 AND status <> 'done'`,
    [job.id],
  );
  await updateRow(tx, job, "status = 'dead', error = $2, due_at = NULL, finished_at = now()", [
    message.slice(0, 500),
  ]);
}
