import { problemSchema } from "@/lib/problem";
import { type SourceState, type Stats, sourceState, stats } from "../../contract";
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
  const response = await fetch(`/api/realtime/stats?run=${run}`, {
    cache: "no-store",
    signal: AbortSignal.timeout(5_000),
  });
  const returned = clockNow();
  if (response.status === 401) await ensureSession();
  if (!response.ok) throw new Error("The instance refused its statistics.");
  const said = stats.parse(await response.json());
  clock.add({ sent, returned, receivedAt: said.receivedAt, sentAt: said.sentAt });
  return said;
}

/**
 * Starts, changes or stops the source.
 * @throws Error with what the server says against it
 */
export async function commandSource(body: object): Promise<SourceState> {
  const response = await fetch("/api/realtime/source", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    keepalive: true,
  });
  const answer: unknown = await response.json();
  if (response.ok) return sourceState.parse(answer);
  throw new Error(problemSchema.safeParse(answer).data?.detail ?? "It was refused.");
}
