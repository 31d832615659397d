import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { lifecycle } from "@/lib/lifecycle";
import { streams } from "@/lib/streams";
import { closeIdle } from "./connections";

/** What a request that is under way is given to end. */
const DEADLINE_MS = 8_000;
/** The rest has what the requests have left over (work that runs after them), and no less than this. */
const REST_MS = 1_500;
const SWEEP_MS = 50;

export interface ShutdownOptions {
  server: Server;
  /** Ends the sockets of this process; their clients reconnect by themselves. */
  closeSockets(): void;
  /** Ends everything else: Next (which waits for `after()`), the log, the bus, the pool. */
  closeRest(): Promise<void>;
  deadlineMs?: number;
}

/**
 * Lets balancers notice that this process ends, before it refuses connections: /readyz says 503, and everything
 * else is served as ever. One that asks every few seconds would go on sending requests otherwise.
 */
export async function leave(delayMs: number): Promise<void> {
  lifecycle().phase = "leaving";
  await delay(delayMs);
}

/**
 * Ends a process without cutting anybody off: not ready any more, no new connections, sockets and
 * streams told and ended, requests answered, then the rest. server.close() alone would wait for
 * open streams for ever, and for idle keep-alive connections until they time out.
 *
 * @returns whether everything had ended by the deadline
 */
export async function shutDown(options: ShutdownOptions): Promise<boolean> {
  const { server, closeSockets, closeRest, deadlineMs = DEADLINE_MS } = options;
  const begun = performance.now();
  lifecycle().phase = "draining";
  const closed = new Promise<true>((resolve) => server.close(() => resolve(true)));
  closeSockets();
  streams().endAll();
  const sweep = setInterval(() => closeIdle(server), SWEEP_MS);
  const clean = await Promise.race([closed, delay(deadlineMs, false, { ref: false })]);
  clearInterval(sweep);
  if (!clean) server.closeAllConnections();
  const left = Math.max(deadlineMs - (performance.now() - begun), REST_MS);
  await Promise.race([closeRest(), delay(left, undefined, { ref: false })]);
  return clean;
}
