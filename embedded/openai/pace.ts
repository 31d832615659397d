import { setTimeout as sleep } from "node:timers/promises";

/**
 * When each token is due, in milliseconds after the start: on average `perSecond`, each gap between
 * half and one and a half of it. The same at every call. All at once where `perSecond` is 0.
 */
export function dueTimes(count: number, perSecond: number): number[] {
  if (perSecond === 0) return new Array(count).fill(0);
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    at += (1000 / perSecond) * (0.5 + scatter(i));
    return at;
  });
}

/** A number in [0, 1) that looks random and depends on `i` alone (the finalizer of MurmurHash3). */
function scatter(i: number): number {
  let h = Math.imul(i + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * The tokens, each when it is due by the clock of the whole answer: what was late is made up for.
 * @throws AbortError as soon as the signal fires; no timer is left
 */
export async function* paced<T>(
  tokens: readonly T[],
  perSecond: number,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const start = performance.now();
  const due = dueTimes(tokens.length, perSecond);
  for (const [i, token] of tokens.entries()) {
    const wait = start + (due[i] ?? 0) - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal });
    signal.throwIfAborted();
    yield token;
  }
}
