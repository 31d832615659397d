import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { logger } from "@/lib/logger";
import { type CronRuns, cronRuns } from "../contract";

/** The log stream that has every run of a schedule, repeated ones included. */
export const CRON_STREAM = "cron";

/** The schedules, and the milliseconds from one tick to the next. */
export const periods = { digest: 60_000, imports: 5 * 60_000, sweep: 10 * 60_000 } as const;
type Schedule = keyof typeof periods;

/** How long after its time a tick counts as late, in milliseconds: its call may have to be repeated. */
const LATE_MS = 2 * 60_000;

/** The moment that a schedule fired for: Inngest says it, or it is the begun period of the event. */
export function tickOf(event: { ts?: number; data?: unknown }, everyMs: number): string {
  const { scheduledAt } = (event.data ?? {}) as { scheduledAt?: unknown };
  const at = typeof scheduledAt === "string" ? Date.parse(scheduledAt) : (event.ts ?? Number.NaN);
  const known = Number.isNaN(at) ? Date.now() : at;
  return new Date(Math.floor(known / everyMs) * everyMs).toISOString();
}

/**
 * Writes what a schedule did at a tick into the ledger, once. Ticks that were missed before it, because
 * Inngest was away or did not reach us, cannot be made up here (what was true then is gone), so they
 * are said: in the log, and in the list of runs. A sweep does at its next tick what it has missed.
 */
export async function recordTick(
  schedule: Schedule,
  tick: string,
  work: () => Promise<object>,
): Promise<object> {
  const instance = env().INSTANCE_NAME;
  await log().append(CRON_STREAM, "run", { schedule, tick, instance });
  const effect = await work();
  const { rows } = await pool().query<{ before: string | null }>(
    `WITH written AS (
       INSERT INTO ledger (job, step, effect, instance) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING)
     SELECT max(step) AS before FROM ledger WHERE job = $1 AND step < $2`,
    [`cron:${schedule}`, tick, JSON.stringify(effect), instance],
  );
  const missed = missedBetween(schedule, rows[0]?.before, tick);
  if (missed > 0) logger().warn({ schedule, tick, missed }, "ticks before this one have not fired");
  return effect;
}

/** How many ticks lie between two that have fired. */
function missedBetween(schedule: string, before: string | null | undefined, tick: string): number {
  const period = periods[schedule as Schedule];
  if (!before || !period) return 0;
  return Math.max(0, Math.round((Date.parse(tick) - Date.parse(before)) / period) - 1);
}

/** The last ticks of each schedule, the newest first. */
export async function lastTicks(): Promise<CronRuns["runs"]> {
  const { rows } = await pool().query(
    `SELECT substr(job, 6) AS schedule, step AS tick, effect, instance,
            (SELECT max(step) FROM ledger l WHERE l.job = ledger.job AND l.step < ledger.step) AS before,
            to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
       FROM ledger WHERE job LIKE 'cron:%' AND at > now() - interval '1 hour'
      ORDER BY ledger.at DESC LIMIT 20`,
  );
  const runs = rows.map(({ before, ...run }) => ({
    ...run,
    missed: missedBetween(run.schedule, before, run.tick),
  }));
  return cronRuns.shape.runs.parse(runs);
}

/**
 * The schedules whose next tick should have come and has not, each with its time. One that has not fired for a day is
 * not among them, as the ledger has forgotten it; nor is one that never fired, since the application may be new.
 */
export async function lateSchedules(now = Date.now()): Promise<CronRuns["late"]> {
  const { rows } = await pool().query<{ schedule: Schedule; last: string }>(
    `SELECT schedule, ticks.last FROM unnest($1::text[]) AS schedule,
       LATERAL (SELECT max(step) AS last FROM ledger WHERE job = 'cron:' || schedule) AS ticks
      WHERE ticks.last IS NOT NULL`,
    [Object.keys(periods)],
  );
  return rows.flatMap(({ schedule, last }) => {
    const due = Date.parse(last) + periods[schedule];
    return due + LATE_MS < now ? [{ schedule, dueAt: new Date(due).toISOString() }] : [];
  });
}
