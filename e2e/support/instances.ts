import { Instances } from "../../app/api/instances/contract";
import { A, B, expect } from "../fixtures";
import { call, newGuest } from "./guest";

/** A machine that is busy starts an instance in half a minute. */
const PATIENCE = { timeout: 45_000, intervals: [100] };

/** Sends SIGKILL to an instance, as the page's button does, by way of the other one. */
export async function kill(name: "A" | "B"): Promise<void> {
  const base = name === "A" ? B : A;
  const guest = await newGuest("Killer", base);
  const response = await call(`/api/instances/${name}/kill`, { method: "POST", guest, base });
  expect(response.status).toBe(202);
}

export async function bootIdOf(base: string): Promise<string | undefined> {
  const response = await call("/api/instances", { base }).catch(() => null);
  return response?.ok ? Instances.parse(await response.json()).bootId : undefined;
}

/** Waits until an instance is another process than before, and ready. */
export async function untilReborn(base: string, before: string | undefined): Promise<void> {
  await expect.poll(() => bootIdOf(base), PATIENCE).not.toBe(before);
  await untilReady(base);
}

export async function untilReady(base: string): Promise<void> {
  const ready = async () => (await call("/readyz", { base }).catch(() => null))?.status;
  await expect.poll(ready, PATIENCE).toBe(200);
}

/** One value of an instance's /metrics, all labels together. */
export async function metric(base: string, name: string): Promise<number> {
  const text = await (await call("/metrics", { base })).text();
  const lines = text.split("\n").filter((line) => line.startsWith(name) && !line.startsWith("#"));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
