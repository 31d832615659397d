import { setTimeout as delay } from "node:timers/promises";

/** A pause that ends early when woken, or when the executor ends. */
export function pauses(signal: AbortSignal) {
  let wake = () => {};
  return {
    wake: () => wake(),
    async pause(ms: number): Promise<void> {
      const early = new AbortController();
      wake = () => early.abort();
      const either = AbortSignal.any([signal, early.signal]);
      await delay(ms, undefined, { signal: either }).catch(() => undefined);
    },
  };
}
