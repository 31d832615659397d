import type { z } from "zod";
import { api } from "@/lib/api";
import {
  type SourceState,
  type Stats,
  type sourceCommand,
  sourceState,
  stats,
} from "../../contract";
import type { createClock } from "./clock";

/** Milliseconds since the epoch, finer than Date.now(). */
export const clockNow = () => performance.timeOrigin + performance.now();

/**
 * What the instance has counted for a run. Each answer is also a reading of its clock.
 * @throws Error where it does not answer, or refuses
 */
export async function fetchStats(
  run: string,
  clock: ReturnType<typeof createClock>,
  ensureSession: () => Promise<void>,
): Promise<Stats> {
  const sent = clockNow();
  const { data, response } = await api.GET("/api/realtime/stats", {
    params: { query: { run } },
    cache: "no-store",
    signal: AbortSignal.timeout(5_000),
  });
  const returned = clockNow();
  if (response.status === 401) await ensureSession();
  if (!data) throw new Error("The instance refused its statistics.");
  const said = stats.parse(data);
  clock.add({ sent, returned, receivedAt: said.receivedAt, sentAt: said.sentAt });
  return said;
}

/**
 * Starts, changes or stops the source.
 * @throws Error with what the server says against it
 */
export async function commandSource(body: z.input<typeof sourceCommand>): Promise<SourceState> {
  const { data, error } = await api.POST("/api/realtime/source", { body, keepalive: true });
  if (data) return sourceState.parse(data);
  throw new Error(error?.detail ?? "It was refused.");
}
