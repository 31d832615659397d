const TICK_MS = 50;

/**
 * Runs out after so long, by the time that this process had for its work: in ticks, of which a loop
 * that was blocked counts one. Otherwise our own delay would pass for one of whoever is asked, since
 * timers come before the answer that has arrived meanwhile.
 *
 * @returns ends it
 */
export function runOut(ms: number, onOver: () => void): () => void {
  let ticks = Math.ceil(ms / TICK_MS);
  let timer = setTimeout(function tick() {
    if (--ticks <= 0) onOver();
    else timer = setTimeout(tick, TICK_MS);
  }, TICK_MS);
  return () => clearTimeout(timer);
}

/** An AbortSignal that is aborted then. Nobody can end it: it holds one short timer at a time. */
export function patienceOf(ms: number): AbortSignal {
  const controller = new AbortController();
  runOut(ms, () => controller.abort(new DOMException("no answer in time", "TimeoutError")));
  return controller.signal;
}
