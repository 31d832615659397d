import { remember } from "@/lib/remember";

/** Half of the connections of an instance: jobs leave room for requests. */
const AT_ONCE = 3;

const state = () =>
  remember("turns of jobs", () => ({ free: AT_ONCE, waiting: [] as (() => void)[] }));

/**
 * Runs a job's work on the database when it is its turn. Inngest may call us with many steps at once; the
 * pool would turn away after two seconds whoever finds no connection, and that would count as an attempt.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turns = state();
  if (turns.free > 0) turns.free--;
  else await new Promise<void>((resolve) => turns.waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = turns.waiting.shift();
    if (next) next();
    else turns.free++;
  }
}
