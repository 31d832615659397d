import type { EventReader } from "@/lib/event-response";
import { log } from "@/lib/log";
import type { LogEntry } from "@/lib/log/types";
import { encodeEvent } from "@/lib/sse";
import { hasEnded, jobEvent } from "../contract";
import { streamOf } from "./transact";

const AHEAD_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/** An entry of the log as it goes over the wire: its type is the event's name. */
export function toFrame({ seq, type, data, at }: LogEntry): string {
  const { type: _, ...rest } = jobEvent.parse(data);
  return encodeEvent({
    id: seq,
    event: type,
    data: JSON.stringify({ at: at.toISOString(), ...rest }),
  });
}

/** Whether an entry is the last one of its job, unless somebody replays it. */
export function isEnd({ data }: LogEntry): boolean {
  const event = jobEvent.parse(data);
  return event.type === "job" && hasEnded(event.status);
}

/** Sends a reader what came after its position, then what comes, up to the end of the job. */
export async function feedJob(reader: EventReader, id: string, after: number): Promise<void> {
  for await (const batch of log().tailBatches(streamOf(id), after, reader.signal)) {
    if (batch.kind === "reset") continue;
    const end = batch.entries.findLastIndex(isEnd);
    reader.write(encoder.encode(batch.entries.map(toFrame).join("")));
    const { head } = await log().read(streamOf(id), Number.MAX_SAFE_INTEGER, 1);
    // An end that something follows was not the end: the job was replayed.
    if (end >= 0 && batch.entries[end]?.seq === head) return;
    await reader.below(AHEAD_BYTES);
  }
}

/** Whether a reader with this position has had everything, and nothing more is to come. */
export async function isComplete(id: string, position: number): Promise<boolean> {
  if (position < 1) return false;
  const { entries, head } = await log().read(streamOf(id), position - 1, 1);
  const [entry] = entries;
  return entry?.seq === position && position === head && isEnd(entry);
}

/** Resolves when a job has ended, with true; with false once the signal aborts. */
export async function untilEnded(id: string, signal: AbortSignal): Promise<boolean> {
  for await (const item of log().tail(streamOf(id), 0, signal))
    if (item.kind === "entry" && isEnd(item.entry)) return true;
  return false;
}
