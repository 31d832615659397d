import type { Outcome } from "./ask";

/** What a client has seen that does as it is told. */
export interface Obedience {
  /** Units of the quota it got. */
  admitted: number;
  /** Times it was refused and waited as told. */
  waits: number;
  /** How many of those were let in at once afterwards. */
  succeeded: number;
  /** Milliseconds it was told to wait, all together. */
  toldMs: number;
  /** From each refusal to the next success, less what was needed: one number each. */
  tooLongMs: readonly number[];
}

export const nothingYet: Obedience = {
  admitted: 0,
  waits: 0,
  succeeded: 0,
  toldMs: 0,
  tooLongMs: [],
};

export interface ObedientOptions {
  send: () => Promise<Outcome>;
  /** Sleeps at least so long. */
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  untilMs: number;
  onChange: (seen: Obedience) => void;
}

/** A pause between requests that are let in: a client, not an attack. */
const PAUSE_MS = 60;

/** Asks for as long as it may; refused, it waits to the millisecond what the answer says. */
export async function obey(options: ObedientOptions): Promise<Obedience> {
  const { send, sleep, now, untilMs, onChange } = options;
  let seen = nothingYet;
  let refused: { at: number; neededMs: number } | null = null;
  let waited = false;
  while (now() < untilMs) {
    const { status, retryAfterMs = 0, neededMs = retryAfterMs } = await send();
    if (status === 200) {
      const late = refused ? [Math.max(0, now() - refused.at - refused.neededMs)] : [];
      seen = {
        ...seen,
        admitted: seen.admitted + 1,
        succeeded: seen.succeeded + (waited ? 1 : 0),
        tooLongMs: [...seen.tooLongMs, ...late],
      };
      refused = null;
      waited = false;
      onChange(seen);
      await sleep(PAUSE_MS);
      continue;
    }
    if (status !== 429) {
      await sleep(1_000);
      continue;
    }
    refused ??= { at: now(), neededMs };
    // A wait that ends after the run says nothing.
    if (now() + retryAfterMs >= untilMs) return seen;
    seen = { ...seen, waits: seen.waits + 1, toldMs: seen.toldMs + retryAfterMs };
    waited = true;
    onChange(seen);
    await sleep(retryAfterMs);
  }
  return seen;
}
