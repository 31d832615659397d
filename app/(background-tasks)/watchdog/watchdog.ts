import { logger } from "@/lib/logger";
import { jobLimits } from "../contract";
import { COLUMNS, parseRow } from "../jobs/rows";
import { transact } from "../jobs/transact";
import { createLateScheduleLog } from "./late-schedules";
import { restart } from "./restart";

/** How often an instance looks for jobs without progress. */
const LOOK_MS = 30_000;
/** Jobs that one look takes care of; the next look goes on. */
const MOST = 100;

/** The id of the event that a job's last run begins with, as `startEvent` makes it. */
export const START_EVENT_ID = `job.id
  || CASE WHEN round > 1 THEN ':' || round ELSE '' END
  || CASE WHEN restarts > 0 THEN ':again:' || restarts ELSE '' END`;

/**
 * A job without progress: nothing has happened to it since it was stored, was to go on, or was handed
 * over to Inngest, whichever was last, for longer than `stallSeconds`, doubled for each restart. An event
 * that still waits in the outbox is the relay's business.
 */
const STALLED = `
  SELECT ${COLUMNS} FROM job
   WHERE finished_at IS NULL
     AND greatest(moved_at, due_at) < now() - make_interval(secs => $1 * power(2, restarts))
     AND NOT EXISTS (
       SELECT 1 FROM outbox WHERE event_id = ${START_EVENT_ID}
          AND (sent_at IS NULL OR sent_at >= now() - make_interval(secs => $1 * power(2, restarts))))
   ORDER BY moved_at LIMIT 1 FOR UPDATE SKIP LOCKED`;

/**
 * Looks once for jobs whose run was lost on Inngest's side: accepted while no function was registered, or
 * given up while nobody here could be reached. Each is sent again, or becomes a dead letter. The row's
 * lock gives each job to one instance.
 * @returns how many were found
 */
export async function lookOnce(): Promise<number> {
  let found = 0;
  while (found < MOST && (await restartOne())) found++;
  return found;
}

function restartOne(): Promise<boolean> {
  return transact(async (tx) => {
    const { rows } = await tx.query(STALLED, [jobLimits.stallSeconds]);
    if (!rows[0]) return false;
    const job = parseRow(rows[0]);
    const minutes = Math.round((jobLimits.stallSeconds * 2 ** job.restarts) / 60);
    await restart(tx, job, `No progress for ${minutes} minutes.`);
    return true;
  });
}

/**
 * This instance's watchdog, of jobs and of schedules. It has a timer of its own: a schedule of Inngest's
 * would be lost with what it looks for.
 * @returns ends it, after the look that is under way
 */
export function startWatchdog(): () => Promise<void> {
  let looking: Promise<unknown> | undefined;
  const logLateSchedules = createLateScheduleLog();
  const timer = setInterval(() => {
    looking ??= lookOnce()
      .then(() => logLateSchedules())
      .catch((err) => logger().warn({ err }, "the watchdog could not look; it tries again"))
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_MS);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
