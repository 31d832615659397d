import { setTimeout as delay } from "node:timers/promises";
import type { Sample } from "../../suite.ts";
import { quantile } from "../stats.ts";
import { cpuMs } from "../usage.ts";
import { broadcastText, type Tally } from "./tally.ts";

const PATIENCE_MS = 120_000;
const QUIET_MS = 100;

export const fanOutUnits = { "deliveries a second": "/s", p50: "ms", "CPU a delivery": "µs" };

/** A server with its readers, and a way to have it send something to all of them. */
export interface FanOut {
  pid: number;
  tally: Tally;
  publish(text: string): unknown;
}

/**
 * Has so many broadcasts sent, at most `inFlight` of them at a time that have not come to everyone.
 * @throws Error unless each came to each reader, once
 */
export async function broadcast(
  { pid, tally, publish }: FanOut,
  broadcasts: number,
  inFlight: number,
): Promise<Sample> {
  const [cpu, begun] = [cpuMs(pid), performance.now()];
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    const more = () => {
      try {
        while (sent < broadcasts && sent - Math.floor(tally.total / tally.readers) < inFlight)
          Promise.resolve(publish(broadcastText(sent++))).catch(reject);
      } catch (error) {
        reject(error);
      }
      if (tally.total >= broadcasts * tally.readers) resolve();
    };
    timer = setTimeout(() => {
      const all = broadcasts * tally.readers;
      reject(new Error(`${tally.total} of ${all} deliveries came in ${PATIENCE_MS / 1_000} s.`));
    }, PATIENCE_MS);
    tally.begin(more);
    more();
  }).finally(() => clearTimeout(timer));
  const seconds = (performance.now() - begun) / 1_000;
  const used = cpuMs(pid) - cpu;
  // What comes now came too often.
  await delay(20);
  const lags = tally.check(broadcasts);
  const deliveries = broadcasts * tally.readers;
  return {
    "deliveries a second": deliveries / seconds,
    p50: quantile(lags, 0.5),
    "CPU a delivery": (used * 1_000) / deliveries,
  };
}

/** Waits until a process is at rest: what it was asked has been done. */
export async function atRest(pid: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let calm = 0; calm < 2; ) {
    const before = cpuMs(pid);
    await delay(QUIET_MS);
    calm = cpuMs(pid) - before < QUIET_MS / 10 ? calm + 1 : 0;
    if (Date.now() > deadline) throw new Error("The server does not come to rest.");
  }
}
