import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { jobLimits } from "../contract";
import { CRON_STREAM } from "../inngest/ticks";
import { streamOf } from "../jobs/transact";

// What this slice keeps for a while, and no longer. Each may be repeated, or break off, at any moment.

const KEPT_ENTRIES = 500;

const deleteWhere = async (table: string, condition: string) =>
  (await pool().query(`DELETE FROM ${table} WHERE ${condition}`)).rowCount ?? 0;

export const sweptTables: Record<string, () => Promise<number>> = {
  /** Inngest knows an event's id for 24 hours: what is older would not be recognised. */
  "outbox: sent a day ago": () => deleteWhere("outbox", "sent_at < now() - interval '1 day'"),
  "idempotency keys": () =>
    deleteWhere("job_key", `created_at < now() - interval '${jobLimits.keyHours} hours'`),
  /** A signature is good for five minutes before and after its time. */
  "signatures of calls": () => deleteWhere("inngest_call", "at < now() - interval '15 minutes'"),
  "cron runs": () => deleteWhere("ledger", "job LIKE 'cron:%' AND at < now() - interval '1 day'"),
  tasks: () => deleteWhere("task", "created_at < now() - interval '1 day'"),
  "jobs and their history": sweepJobs,
  "log of jobs": sweepLog,
};

async function sweepJobs(): Promise<number> {
  const { rows } = await pool().query<{ id: string }>(
    `SELECT id FROM job WHERE finished_at < now() - $1 * interval '1 day' LIMIT 500`,
    [jobLimits.keptDays],
  );
  const ids = rows.map(({ id }) => id);
  for (const id of ids) await log().prune(streamOf(id), Number.MAX_SAFE_INTEGER);
  await pool().query("DELETE FROM import_record WHERE job_id = ANY ($1::uuid[])", [ids]);
  await pool().query("DELETE FROM ledger WHERE job = ANY ($1)", [ids]);
  await pool().query("DELETE FROM job WHERE id = ANY ($1::uuid[])", [ids]);
  return ids.length;
}

/** The streams that go on for ever: of each user's jobs, and of the schedules. */
async function sweepLog(): Promise<number> {
  const { rows } = await pool().query<{ name: string; head: string }>(
    `SELECT name, head FROM log_stream
      WHERE (name LIKE 'jobs:%' OR name = $1) AND head - floor > $2 LIMIT 500`,
    [CRON_STREAM, KEPT_ENTRIES * 2],
  );
  for (const { name, head } of rows) await log().prune(name, Number(head) - KEPT_ENTRIES);
  return rows.length;
}
