import { pool } from "@/lib/db/pool";
import { sweeps } from "@/lib/sweeps";
import { inngest } from "../client";
import { periods, recordTick, tickOf } from "../ticks";

/**
 * How often Inngest may call a tick again, whether it failed or did not reach us: nine minutes by a server's backoff.
 * Not longer, as the next tick does what this one would have done.
 */
const RETRIES = 5;

/** What is counted every minute. The tick is the ledger's key: fired twice, it is written once. */
const digest = () =>
  inngest().createFunction(
    { id: "minutely-digest", triggers: [{ cron: "* * * * *" }], retries: RETRIES },
    ({ event, step }) =>
      step.run("count", () =>
        recordTick("digest", tickOf(event, periods.digest), async () => {
          const { rows } = await pool().query<{ done: number; dead: number; waiting: number }>(
            `SELECT count(*) FILTER (WHERE status = 'done')::int AS done,
                    count(*) FILTER (WHERE status = 'dead')::int AS dead,
                    count(*) FILTER (WHERE finished_at IS NULL)::int AS waiting
               FROM job WHERE created_at > now() - interval '1 hour'`,
          );
          return rows[0] ?? {};
        }),
      ),
  );

/** Celery's beat: every five minutes, what was imported in the last hour. */
const imports = () =>
  inngest().createFunction(
    { id: "imports-tally", triggers: [{ cron: "*/5 * * * *" }], retries: RETRIES },
    ({ event, step }) =>
      step.run("tally", () =>
        recordTick("imports", tickOf(event, periods.imports), async () => {
          const { rows } = await pool().query<{ files: number; records: number }>(
            `SELECT count(DISTINCT r.job_id)::int AS files, count(*)::int AS records
               FROM import_record r JOIN job j ON j.id = r.job_id
              WHERE j.finished_at > now() - interval '1 hour'`,
          );
          return rows[0] ?? {};
        }),
      ),
  );

/** Every ten minutes, each registered sweep as a step of its own: one that fails repeats alone. */
const sweep = () =>
  inngest().createFunction(
    { id: "sweep", triggers: [{ cron: "*/10 * * * *" }], retries: RETRIES },
    async ({ event, step }) => {
      const swept: Record<string, number> = {};
      for (const [name, run] of sweeps())
        swept[name] = await step.run(name, async () => (await run()) as number);
      return step.run("note", () =>
        recordTick("sweep", tickOf(event, periods.sweep), async () => swept),
      );
    },
  );

export const schedules = () => [digest(), imports(), sweep()];
