import { z } from "zod";
import type { LogEntry, TailBatch } from "@/lib/log/types";
import { encodeEvent } from "@/lib/sse";
import type { Entry, Page } from "./contract";

/** What the log keeps of an entry; its place is the log's own. */
const stored = z.object({ sentAt: z.number(), payload: z.string() });
export type Stored = z.infer<typeof stored>;

/** A visitor's stream of the log. All lanes read this one. */
export const streamOf = (userId: string) => `realtime:${userId}`;

export const toEntry = ({ seq, data }: LogEntry): Entry => ({ seq, ...stored.parse(data) });

/** An entry as a frame of the event stream: a plain message, with its place as the id. */
export function toFrame(logged: LogEntry): string {
  const { seq, ...data } = toEntry(logged);
  return encodeEvent({ id: seq, data: JSON.stringify(data) });
}

/** A batch as polls answer it. */
export function toPage(batch: TailBatch): Page {
  if (batch.kind === "reset") {
    const { oldest } = batch;
    return { entries: [], position: oldest - 1, reset: { oldest } };
  }
  const entries = batch.entries.map(toEntry);
  return { entries, position: entries.at(-1)?.seq ?? 0 };
}

/** Wall-clock milliseconds, finer than Date.now(): what a latency of 2 ms is measured with. */
export const wallClock = () => performance.timeOrigin + performance.now();
