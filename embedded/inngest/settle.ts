import { setTimeout as delay } from "node:timers/promises";
import { attemptOf, type Claimed, claim, postpone } from "./claim.ts";
import { freeSlot } from "./concurrency.ts";
import type { Tx } from "./database.ts";
import { retryAfterMs } from "./duration.ts";
import { type ErrorValue, type Executor, errorOf } from "./executor.ts";
import { applyOps } from "./ops.ts";
import { callApp, type Outcome } from "./request.ts";
import { completeRun, DISCOVER, failRun, lockRun, type Run, scheduleCall } from "./runs.ts";

/** Connections that may break during one attempt before the next one counts as a failure of the step. */
const LOSSES = 5;
const MAX_DELAY_MS = 2_000;

/** One job of the queue: claim the call, make it, store the answer with what follows from it. */
export async function makeCall(ex: Executor, id: string): Promise<void> {
  // Lost with Postgres, it is as if the call had been under way: it is made again.
  const claimed = await ex.db.transaction((tx) => claim(ex, tx, id), { flushed: false });
  if (!claimed) return;
  const outcome = await callApp(ex, claimed);
  if (outcome.kind === "abandoned") return;
  for (let failures = 0; !ex.signal.aborted; failures++) {
    try {
      await ex.db.transaction((tx) => settle(ex, tx, claimed, outcome, failures >= 3));
      return;
    } catch (error) {
      ex.log(`The answer for run ${claimed.run.id} is not stored: ${(error as Error).message}`);
      await delay(500, undefined, { signal: ex.signal }).catch(() => undefined);
    }
  }
}

async function settle(
  ex: Executor,
  tx: Tx,
  claimed: Claimed,
  outcome: Outcome,
  unstorable: boolean,
): Promise<void> {
  const run = await lockRun(tx, claimed.run.id);
  const deleted = await tx.query<{ slot: string | null }>(
    "delete from calls where id = $1 returning slot",
    [claimed.id],
  );
  const call = deleted.rows[0];
  if (!call) return;
  // Before the call's successor can be parked: a place that is given up goes to who waits longest.
  if (call.slot) await freeSlot(tx, call.slot);
  if (!run) return;
  if (unstorable) {
    return failRun(ex, tx, run, errorOf({ message: "The answer of the app cannot be stored." }));
  }
  if (outcome.kind === "unreachable") return later(ex, tx, claimed, { delays: claimed.delays + 1 });
  if (outcome.kind === "lost") return lost(ex, tx, run, claimed, outcome.reason);
  if (outcome.kind === "answered") return answered(ex, tx, run, claimed, outcome.answer);
}

type Answer = Extract<Outcome, { kind: "answered" }>["answer"];

async function answered(ex: Executor, tx: Tx, run: Run, claimed: Claimed, answer: Answer) {
  const { status, headers, text } = answer;
  let body: unknown;
  try {
    body = text === "" ? null : JSON.parse(text);
  } catch {
    return failRun(ex, tx, run, errorOf({ message: "The app's answer is not JSON." }));
  }
  if (status === 200) return completeRun(ex, tx, run, body);
  const wait = retryAfterMs(headers["retry-after"], ex.now());
  const retry = (error: ErrorValue) => retryCall(ex, tx, run, claimed, error, wait);
  if (status === 206) {
    const eager = headers["x-inngest-req-version"] === "1";
    const { id: call, step } = claimed;
    return applyOps(ex, tx, run, { ops: [body].flat(), call, step, eager, retry });
  }
  const final = headers["x-inngest-no-retry"] === "true" || status === 400;
  return final ? failRun(ex, tx, run, errorOf(body)) : retry(errorOf(body));
}

/** An attempt has failed: the same call again after `wait` or the backoff, or the end of the run. */
async function retryCall(
  ex: Executor,
  tx: Tx,
  run: Run,
  claimed: Claimed,
  error: ErrorValue,
  wait: number | undefined,
): Promise<void> {
  const attempt = attemptOf(claimed);
  if (attempt + 1 >= claimed.config.maxAttempts) return failRun(ex, tx, run, error);
  if (claimed.step === DISCOVER) {
    await tx.query("update runs set attempt = $2 where id = $1", [run.id, attempt + 1]);
  } else {
    await tx.query("update steps set attempt = $3 where run_id = $1 and id = $2", [
      run.id,
      claimed.step,
      attempt + 1,
    ]);
  }
  await scheduleCall(ex, tx, run.id, claimed.step, wait ?? ex.backoff(attempt));
}

/**
 * The instance died, or did not answer as the SDK does. That is no failure of the function, so the
 * attempt is made again, but not for ever: the step may be what kills its app.
 */
async function lost(ex: Executor, tx: Tx, run: Run, claimed: Claimed, reason: string) {
  const losses = claimed.losses + 1;
  if (losses < LOSSES) return later(ex, tx, claimed, { losses });
  const message = `The app was lost ${losses} times during this attempt; the last time: ${reason}`;
  await retryCall(ex, tx, run, claimed, errorOf({ message }), undefined);
}

/** The same call and attempt again, soon. */
async function later(
  ex: Executor,
  tx: Tx,
  claimed: Claimed,
  { losses = claimed.losses, delays = claimed.delays }: { losses?: number; delays?: number },
): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into calls (run_id, step_id, due_at, losses, delays) values ($1, $2, now(), $3, $4)
     on conflict (run_id, step_id) where started_at is null
       do update set losses = excluded.losses, delays = excluded.delays
     returning id`,
    [claimed.run.id, claimed.step, losses, delays],
  );
  const wait = Math.min(MAX_DELAY_MS, 100 * 2 ** Math.min(10, losses + delays - 1));
  if (rows[0]) await postpone(ex, tx, rows[0].id, wait);
}
