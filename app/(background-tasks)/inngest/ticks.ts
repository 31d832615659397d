import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { type CronRuns, cronRuns } from "../contract";

/** The log stream that has every run of a schedule, repeated ones included. */
export const CRON_STREAM = "cron";

/** The moment that a schedule fired for: Inngest says it, or it is the begun period of the event. */
export function tickOf(event: { ts?: number; data?: unknown }, everyMs: number): string {
  const { scheduledAt } = (event.data ?? {}) as { scheduledAt?: unknown };
  const at = typeof scheduledAt === "string" ? Date.parse(scheduledAt) : (event.ts ?? Number.NaN);
  const known = Number.isNaN(at) ? Date.now() : at;
  return new Date(Math.floor(known / everyMs) * everyMs).toISOString();
}

/** Writes what a schedule did at a tick into the ledger, once. */
export async function recordTick(
  schedule: string,
  tick: string,
  work: () => Promise<object>,
): Promise<object> {
  const instance = env().INSTANCE_NAME;
  await log().append(CRON_STREAM, "run", { schedule, tick, instance });
  const effect = await work();
  await pool().query(
    `INSERT INTO ledger (job, step, effect, instance) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [`cron:${schedule}`, tick, JSON.stringify(effect), instance],
  );
  return effect;
}

/** The last ticks of each schedule, the newest first. */
export async function lastTicks(): Promise<CronRuns["runs"]> {
  const { rows } = await pool().query(
    `SELECT substr(job, 6) AS schedule, step AS tick, effect, instance,
            to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
       FROM ledger WHERE job LIKE 'cron:%' AND at > now() - interval '1 hour'
      ORDER BY ledger.at DESC LIMIT 20`,
  );
  return cronRuns.parse({ runs: rows }).runs;
}
