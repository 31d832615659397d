import { AsyncLocalStorage } from "node:async_hooks";

/** After the last answer: for what Next and Inngest still do behind it. */
const QUIET_MS = 1_000;

/** Those whose contexts were entered on behalf of an answer. */
const entered = new Set<AsyncLocalStorage<unknown>>();
let answers = 0;
let timer: NodeJS.Timeout | undefined;

/**
 * Below Node 24 one AsyncLocalStorage.run() switches hooks on that every promise, timer and write of the
 * process pays for from then on: a fifth of a small answer's time, twice that of a chain of web streams. Next
 * enters contexts for each page, Inngest for each step, and neither leaves them. From here on they are left
 * while no answer of theirs is under way. See docs/decisions/0015-contexts-while-needed.md.
 */
export function watchContexts(): void {
  const { run } = AsyncLocalStorage.prototype;
  AsyncLocalStorage.prototype.run = function (
    this: AsyncLocalStorage<unknown>,
    ...args: unknown[]
  ) {
    if (answers > 0) entered.add(this);
    return Reflect.apply(run, this, args);
  } as typeof run;
}

/** Keeps all contexts until the returned function is called: somebody answers who works in them. */
export function keepContexts(): () => void {
  answers++;
  clearTimeout(timer);
  return () => {
    answers--;
    if (answers > 0) return;
    timer = setTimeout(leaveContexts, QUIET_MS);
    timer.unref();
  };
}

function leaveContexts(): void {
  for (const storage of entered) storage.disable();
  entered.clear();
}
