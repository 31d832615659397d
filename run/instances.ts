import { setTimeout as sleep } from "node:timers/promises";
import type { InstanceSpec } from "./supervisor.ts";

export interface Place {
  name: string;
  port: number;
  address: string;
}

/** The instances A, B, … on the port and the ones after it. */
export function places(port: number, count: number): Place[] {
  if (!(count >= 1 && count <= 26)) throw new Error("INSTANCES is a number from 1 to 26.");
  if (!(port >= 1 && port + count <= 65_536)) throw new Error(`PORT ${port} is not a port.`);
  return Array.from({ length: count }, (_, i) => ({
    name: String.fromCharCode(65 + i),
    port: port + i,
    address: `http://localhost:${port + i}`,
  }));
}

/** The origins that the pages of these instances may have in a browser. */
export const originsOf = (all: Place[]): string[] =>
  all.flatMap(({ address, port }) => [address, `http://127.0.0.1:${port}`]);

/** What each instance is given: its own name and port, the others, and what they share. */
export function specs(
  all: Place[],
  command: InstanceSpec["command"],
  cwd: string,
  shared: Record<string, string>,
): InstanceSpec[] {
  return all.map(({ name, port }) => ({
    name,
    command,
    cwd,
    env: {
      LOG_LEVEL: "warn",
      ...process.env,
      ...shared,
      HOST: "127.0.0.1",
      PORT: String(port),
      INSTANCE_NAME: name,
      PEERS: all.map((place) => `${place.name}=${place.address}`).join(","),
      ALLOWED_ORIGINS: originsOf(all).join(","),
      NEXT_TELEMETRY_DISABLED: "1",
    },
  }));
}

/** Waits until each answers `GET /readyz` with 200; rejects when `failed` does, or after `ms`. */
export async function untilReady(all: Place[], failed: Promise<never>, ms: number): Promise<void> {
  const waiting = Promise.all(all.map((place) => ready(place, Date.now() + ms)));
  await Promise.race([waiting, failed]);
}

async function ready({ name, port }: Place, deadline: number): Promise<void> {
  let last = "no answer";
  while (Date.now() < deadline) {
    try {
      const url = `http://127.0.0.1:${port}/readyz`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      await answer.body?.cancel();
      if (answer.status === 200) return;
      last = `status ${answer.status}`;
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(100);
  }
  throw new Error(`Instance ${name} on port ${port} is not ready in time (${last}).`);
}
