import { type LaneName, type Page, page, realtimeLimits } from "../../contract";
import { backoff } from "./backoff";
import { createGate } from "./gate";
import type { Lane, LaneOptions } from "./lane";

export interface PollingOptions extends LaneOptions {
  fetch?: typeof fetch;
}

/** What differs between the two: the request, and the time until the next. */
interface Manner {
  name: LaneName;
  request(position: number): { url: string; headers?: Record<string, string> };
  /** Milliseconds until the next request, after an answer with so much that took so long. */
  pause(answer: { found: number; tookMs: number }): number;
}

/**
 * Asks again and again. The next request leaves when the answer to the last is there, never before:
 * polls do not overlap, however slow the server is. Failures are waited out; a hidden tab asks nothing.
 */
export function createPolling(manner: Manner, { host, fetch: ask = fetch }: PollingOptions): Lane {
  const gate = createGate();
  let stopped = true;
  let generation = 0;
  let inFlight: AbortController | undefined;
  let losing = false;
  let failures = 0;
  let wake = () => {};

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function loop(mine: number): Promise<void> {
    const current = () => !stopped && mine === generation;
    while (current()) {
      await gate.passed();
      if (!current()) return;
      try {
        const pause = await round();
        failures = 0;
        if (pause > 0) await sleep(pause);
      } catch {
        if (!current()) return;
        if (!gate.isOpen()) continue;
        host.lost();
        host.status("waiting");
        await sleep(backoff(++failures));
      }
    }
  }

  /** One request. @returns the milliseconds until the next @throws what makes it a failure */
  async function round(): Promise<number> {
    const { url, headers } = manner.request(host.position());
    const abort = new AbortController();
    inFlight = abort;
    host.request();
    host.status("open");
    host.wire(
      "out",
      "GET",
      [url, ...Object.entries(headers ?? {}).map((h) => h.join(": "))].join("\n"),
    );
    const begun = performance.now();
    const response = await ask(url, { headers, signal: abort.signal, cache: "no-store" });
    const text = await response.text();
    inFlight = undefined;
    if (response.status === 401) await host.ensureSession();
    if (response.status >= 400) throw new Error(`${response.status}`);
    await gate.passed();
    if (losing) {
      losing = false;
      host.wire("in", `${response.status}`, "(lost)");
      throw new Error("lost");
    }
    host.wire("in", `${response.status}`, text);
    const found = response.status === 200 ? take(page.parse(JSON.parse(text))) : 0;
    if (found === 0) host.empty();
    return manner.pause({ found, tookMs: performance.now() - begun });
  }

  function take({ entries, reset }: Page): number {
    if (reset) host.reset(reset.oldest);
    if (entries.length > 0) host.entries(entries);
    return reset ? realtimeLimits.pageEntries : entries.length;
  }

  return {
    name: manner.name,
    start(): void {
      if (!stopped) return;
      stopped = false;
      void loop(++generation);
    },
    stop(): void {
      stopped = true;
      inFlight?.abort();
      wake();
      host.status("closed");
    },
    drop: () => inFlight?.abort(),
    stall: (ms) => gate.closeFor("stall", ms),
    loseNext(): void {
      losing = true;
    },
    hide(hidden): void {
      if (stopped) return;
      if (hidden) {
        gate.close("hidden");
        inFlight?.abort();
        host.status("paused");
      } else {
        wake();
        gate.open("hidden");
      }
    },
  };
}
