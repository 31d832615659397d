import { setTimeout as delay } from "node:timers/promises";
import type { Executor } from "./executor.ts";

const HOUR_MS = 3_600_000;
const KEPT = "7 days";

/** Every hour, removes what nobody asks for any more. Ids that count once in 24 hours go after that. */
export async function prune(ex: Executor): Promise<void> {
  while (!ex.signal.aborted) {
    try {
      await ex.db.pool.query(`delete from runs where ended_at < now() - interval '${KEPT}'`);
      await ex.db.pool.query(
        "delete from event_ids where received_at < now() - interval '24 hours'",
      );
      await ex.db.pool.query(
        `delete from events where received_at < now() - interval '${KEPT}'
         and not exists (select 1 from runs where runs.event_ids @> array[events.id])
         and not exists (select 1 from batches where events.id = any(batches.event_ids))`,
      );
    } catch (error) {
      ex.log(`Old runs are not removed: ${(error as Error).message}`);
    }
    await delay(HOUR_MS, undefined, { signal: ex.signal, ref: false }).catch(() => undefined);
  }
}
