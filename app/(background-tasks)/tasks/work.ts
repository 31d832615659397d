import { setTimeout as delay } from "node:timers/promises";
import type { TaskState } from "./contract";
import { finishTask, showProgress } from "./rows";

/**
 * The work of a task, after its response: as many seconds as were asked for, then its line in the
 * ledger. It runs in this process alone. Nobody repeats it where it fails, or where the process dies.
 */
export async function work({ id, note, seconds }: TaskState): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await showProgress(id, second);
    await delay(1_000);
  }
  await showProgress(id, seconds);
  await finishTask(id, note);
}
