import { AsyncLocalStorage } from "node:async_hooks";

/** After the last answer: for what Next and Inngest still do behind it. */
const QUIET_MS = 1_000;

type Storage = AsyncLocalStorage<unknown>;

/** Those that were entered on behalf of an answer: what they do behind one, too, is left in the end. */
const ofAnswers = new WeakSet<Storage>();
/** Those of them that are not left yet. */
const entered = new Set<Storage>();
let answers = 0;
let quiet: NodeJS.Timeout | undefined;

/**
 * Below Node 24 one AsyncLocalStorage.run() switches hooks on that every promise, timer and write of the
 * process pays for from then on: a fifth of a small answer's time, twice that of a chain of web streams. Next
 * enters contexts for each page, Inngest for each step, and neither leaves them. From here on they are left
 * while no answer of theirs is under way. See docs/decisions/0015-contexts-while-needed.md.
 */
export function watchContexts(): void {
  const { run } = AsyncLocalStorage.prototype;
  AsyncLocalStorage.prototype.run = function (this: Storage, ...args: unknown[]) {
    note(this);
    return Reflect.apply(run, this, args);
  } as typeof run;
}

function note(storage: Storage): void {
  if (answers > 0 || quiet) ofAnswers.add(storage);
  else if (ofAnswers.has(storage)) waitForQuiet();
  else return;
  entered.add(storage);
}

/** Keeps all contexts until the returned function is called: somebody answers who works in them. */
export function keepContexts(): () => void {
  answers++;
  clearTimeout(quiet);
  quiet = undefined;
  return () => {
    answers--;
    if (answers === 0) waitForQuiet();
  };
}

function waitForQuiet(): void {
  quiet = setTimeout(leaveContexts, QUIET_MS);
  quiet.unref();
}

function leaveContexts(): void {
  quiet = undefined;
  for (const storage of entered) storage.disable();
  entered.clear();
}
