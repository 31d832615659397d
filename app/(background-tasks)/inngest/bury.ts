import { hasEnded } from "../contract";
import { lockRow, updateRow } from "../jobs/rows";
import { transact } from "../jobs/transact";
import type { StartData } from "./start-data";
import { inTurn } from "./turns";

/** Makes a job that Inngest has given up a dead letter: kept, shown, and ready to be replayed. */
export function bury({ jobId, round }: StartData, message: string): Promise<void> {
  return inTurn(() =>
    transact(async (tx) => {
      const job = await lockRow(tx, jobId);
      if (!job || job.round !== round || hasEnded(job.status)) return;
      await tx.query(
        `UPDATE job_step SET status = 'failed', due_at = NULL, finished_at = now()
        WHERE job_id = $1 AND status <> 'done'`,
        [jobId],
      );
      await updateRow(tx, job, "status = 'dead', error = $2, due_at = NULL, finished_at = now()", [
        message.slice(0, 500),
      ]);
    }),
  );
}
