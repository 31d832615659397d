import { z } from "zod";
import type { Tx } from "./database.ts";
import { durationMs, timeOf } from "./duration.ts";
import { type ErrorValue, type Executor, errorOf } from "./executor.ts";
import { checkExpression } from "./expression.ts";
import { invoke } from "./invoke.ts";
import { completeRun, DISCOVER, failRun, type Run, scheduleCall } from "./runs.ts";
import { advance, completeStep, planStep, recordStep } from "./steps.ts";

const op = z.object({
  id: z.string().min(1),
  op: z.string(),
  name: z.string().nullish(),
  data: z.unknown().optional(),
  error: z.unknown().optional(),
  opts: z
    .looseObject({
      parallelMode: z.string().optional(),
      timeout: z.string().optional(),
      if: z.string().optional(),
    })
    .nullish(),
});

export type Op = z.infer<typeof op>;

interface Found {
  ops: unknown[];
  /** The call that has found them, and its step id. */
  call: string;
  step: string;
  /** The app asks to be called after each of several parallel steps. */
  eager: boolean;
  retry: (error: ErrorValue) => Promise<void>;
}

/** Stores what the app has found or done, with what comes next. An op that is not known ends the run. */
export async function applyOps(ex: Executor, tx: Tx, run: Run, found: Found): Promise<void> {
  const ops = z.array(op).min(1).safeParse(found.ops);
  if (!ops.success) return refuse(ex, tx, run, `an answer like this (${ops.error.message})`);
  const unknown = ops.data.find((each) => !KNOWN.has(each.op));
  if (unknown) return refuse(ex, tx, run, `the op ${unknown.op} of the step ${unknown.name ?? ""}`);
  for (const each of ops.data) {
    const eager = found.eager || each.opts?.parallelMode === "race";
    switch (each.op) {
      case "StepRun":
        await ended(ex, tx, run, each, found.step, { data: each.data ?? null });
        break;
      case "StepFailed":
        await ended(ex, tx, run, each, found.step, { error: errorOf(each.error) });
        break;
      case "StepError":
        return found.retry(errorOf(each.error));
      case "RunComplete":
        return completeRun(ex, tx, run, each.data ?? null);
      default:
        await plan(ex, tx, run, each, { foundBy: found.call, eager });
    }
  }
}

const KNOWN = new Set([
  "StepRun",
  "StepFailed",
  "StepError",
  "StepPlanned",
  "Sleep",
  "WaitForEvent",
  "InvokeFunction",
  "RunComplete",
]);

const refuse = (ex: Executor, tx: Tx, run: Run, what: string) =>
  failRun(ex, tx, run, errorOf({ message: `The embedded executor does not support ${what}.` }));

/** A step has run. A planned one closes its branch; one that was found and run at once leads on. */
async function ended(
  ex: Executor,
  tx: Tx,
  run: Run,
  { id, op, name }: Op,
  calledWith: string,
  memo: { data: unknown } | { error: ErrorValue },
): Promise<void> {
  if (calledWith !== DISCOVER) return completeStep(ex, tx, run, id, memo);
  await recordStep(tx, run, { id, op, name: name ?? undefined }, memo);
  await advance(ex, tx, run);
}

/** A step that something will end later: another call, a timer, an event, another run. */
async function plan(
  ex: Executor,
  tx: Tx,
  run: Run,
  each: Op,
  group: { foundBy: string; eager: boolean },
): Promise<void> {
  const { id, op, opts } = each;
  const step = { id, op, name: each.name ?? undefined, ...group };
  const fails = async (message: string) => {
    await planStep(tx, run, step);
    await completeStep(ex, tx, run, id, { error: errorOf({ message }) });
  };
  if (op === "StepPlanned") {
    if (await planStep(tx, run, step)) await scheduleCall(ex, tx, run.id, id);
    return;
  }
  if (op === "Sleep") {
    const due = timeOf(step.name ?? "", ex.now());
    if (due === undefined) return fails(`The time ${step.name} of a sleep cannot be read.`);
    await planStep(tx, run, { ...step, due });
    return;
  }
  const length = opts?.timeout === undefined ? undefined : timeOf(opts.timeout, ex.now());
  if (opts?.timeout !== undefined && length === undefined) {
    return fails(`The timeout ${opts.timeout} cannot be read.`);
  }
  if (op === "InvokeFunction") {
    if (await planStep(tx, run, { ...step, due: length })) {
      await invoke(ex, tx, run, id, opts);
    }
    return;
  }
  try {
    if (opts?.if) checkExpression(opts.if);
  } catch (error) {
    return fails(`The expression ${opts?.if} cannot be read: ${(error as Error).message}`);
  }
  const event = { name: step.name ?? "", expression: opts?.if };
  const due = length ?? ex.now() + (durationMs("52w") as number);
  await planStep(tx, run, { ...step, event, due });
}
