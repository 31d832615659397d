import { Cron } from "croner";
import type { Tx } from "./database.ts";
import type { EventValue, Executor } from "./executor.ts";
import { addJob } from "./queue.ts";
import { createRun } from "./runs.ts";
import { ulid } from "./ulid.ts";

/** Ticks missed while nothing ran are made up for as long as they are no older than this. */
const CATCH_UP_MS = 5 * 60_000;

/** The first tick after a time, both in milliseconds since 1970. In UTC unless `TZ=…` says otherwise. */
export function nextTick(schedule: string, after: number): number | undefined {
  const [, timezone = "UTC", pattern = schedule] = /^TZ=(\S+)\s+(.+)$/.exec(schedule) ?? [];
  const next = new Cron(pattern, { timezone, mode: "5-or-6-parts" }).nextRun(new Date(after));
  return next?.getTime();
}

const jobKey = (functionId: string, cron: string) => `cron:${functionId}:${cron}`.slice(0, 500);

/** Brings the stored schedules of a function in line with its configuration; known ones keep their next tick. */
export async function keepSchedules(
  ex: Executor,
  tx: Tx,
  functionId: string,
  crons: readonly string[],
): Promise<void> {
  await tx.query("delete from crons where function_id = $1 and not cron = any($2)", [
    functionId,
    crons,
  ]);
  for (const cron of crons) {
    const next = nextTick(cron, ex.now());
    if (next === undefined) continue;
    const { rowCount } = await tx.query(
      "insert into crons values ($1, $2, $3) on conflict do nothing",
      [functionId, cron, new Date(next)],
    );
    if (rowCount) {
      await addJob(tx, "cron", { function: functionId, cron }, next, jobKey(functionId, cron));
    }
  }
}

/** A schedule is due: one run for each tick, and the job of the next, in one transaction. */
export async function tick(ex: Executor, tx: Tx, functionId: string, cron: string): Promise<void> {
  const { rows } = await tx.query<{ next_at: Date }>(
    "select next_at from crons where function_id = $1 and cron = $2 for update",
    [functionId, cron],
  );
  const config = ex.functions.get(functionId);
  if (!rows[0] || !config) return;
  const now = ex.now();
  let next: number | undefined = rows[0].next_at.getTime();
  while (next !== undefined && next <= now) {
    if (next >= now - CATCH_UP_MS) await fire(ex, tx, functionId, cron, next);
    else next = now - CATCH_UP_MS;
    next = nextTick(cron, next);
  }
  if (next === undefined) return;
  await tx.query("update crons set next_at = $3 where function_id = $1 and cron = $2", [
    functionId,
    cron,
    new Date(next),
  ]);
  await addJob(tx, "cron", { function: functionId, cron }, next, jobKey(functionId, cron));
}

async function fire(ex: Executor, tx: Tx, functionId: string, cron: string, at: number) {
  const scheduledAt = new Date(at).toISOString();
  const event: EventValue = {
    id: scheduledAt,
    name: "inngest/scheduled.timer",
    data: { cron, scheduledAt },
    ts: at,
  };
  await createRun(ex, tx, functionId, {
    events: [event],
    eventIds: [ulid(at)],
    tick: { cron, at },
  });
}
