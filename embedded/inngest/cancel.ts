import type { Tx } from "./database.ts";
import type { EventValue, Executor } from "./executor.ts";
import { matches } from "./expression.ts";
import { cancelRun } from "./runs.ts";

interface Active {
  id: string;
  event: EventValue;
  created_at: Date;
}

const ACTIVE = `select id, events -> 0 as event, created_at from runs
  where function_id = $1 and ended_at is null order by id`;

/** Ends the runs whose function names this event in `cancelOn`. */
export async function cancelOn(ex: Executor, tx: Tx, event: EventValue): Promise<void> {
  for (const config of ex.functions.values()) {
    for (const rule of config.cancel) {
      if (rule.event !== event.name) continue;
      const { rows } = await tx.query<Active>(ACTIVE, [config.id]);
      for (const run of rows) {
        // The timeout is how long after its start a run may still be cancelled this way.
        const late = ex.now() - run.created_at.getTime() > (rule.timeoutMs ?? Infinity);
        if (late || !matches(rule.if, { event: run.event, async: event })) continue;
        await cancelRun(ex, tx, run.id);
      }
    }
  }
}

export interface BulkCancellation {
  functionId: string;
  startedAfter?: number;
  startedBefore: number;
  if?: string;
}

/** Ends the runs of a function that began within a time, as `POST /v1/cancellations` asks for. */
export async function cancelMany(ex: Executor, tx: Tx, bulk: BulkCancellation): Promise<void> {
  const { rows } = await tx.query<Active>(ACTIVE, [bulk.functionId]);
  for (const { id, event, created_at } of rows) {
    const began = created_at.getTime();
    if (began < (bulk.startedAfter ?? 0) || began >= bulk.startedBefore) continue;
    if (matches(bulk.if, { event })) await cancelRun(ex, tx, id);
  }
}
