import type { Quota } from "../policy";

/**
 * A rate limit as arithmetic on whole numbers: the same in TypeScript and in the Lua that runs where
 * the counters are shared. Time comes in from outside, in milliseconds.
 */
export interface Algorithm<State extends Record<string, number> = Record<string, number>> {
  /** The state's fields, in the order in which the script answers them. */
  fields: readonly (keyof State & string)[];
  /** The state of a caller nobody knows, or a known one as time has changed it. */
  at(state: State | undefined, quota: Quota, now: number): State;
  /** Units that are left. */
  remaining(state: State, quota: Quota, now: number): number;
  /** The state after so many units more, which are there. */
  spend(state: State, quota: Quota, cost: number): State;
  /** How long until so many units are there, if nothing is spent meanwhile; 0 where they are. */
  wait(state: State, quota: Quota, now: number, cost: number): number;
  /** After so long without a request the state says nothing more, and may go. */
  lifetime(quota: Quota): number;
  /**
   * `at`, `remaining` and `spend` in Lua: given `s` (the stored fields, or nil), `limit`, `window`,
   * `now` and `cost`, it leaves the state in `s`, and what is left before the cost in `left`.
   */
  lua: { at: string; left: string; spend: string };
}

/** The first whole millisecond after `from`, up to `to`, that passes a test which stays true once it is. */
export function firstAfter(from: number, to: number, passes: (ms: number) => boolean): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) high = middle;
    else low = middle;
  }
  return high;
}
