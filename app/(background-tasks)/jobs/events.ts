import type { EventReader } from "@/lib/event-response";
import { log } from "@/lib/log";
import type { LogEntry } from "@/lib/log/types";
import { encodeEvent } from "@/lib/sse";
import { hasEnded, type JobState, jobEvent } from "../contract";
import { isOver, type JobRow, readState } from "./rows";
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
function isEnd({ data }: LogEntry): boolean {
  const event = jobEvent.parse(data);
  return event.type === "job" && hasEnded(event.status);
}

/** Sends a reader what came after its position, then what comes, up to the end of the job. */
export async function feedJob(reader: EventReader, id: string, after: number): Promise<void> {
  for await (const batch of log().tailBatches(streamOf(id), after, reader.signal)) {
    if (batch.kind === "reset") continue;
    reader.write(encoder.encode(batch.entries.map(toFrame).join("")));
    // An end in the history may have been followed by a replay; what was sent follows also the last one.
    if (await isOver(id)) {
      const { head } = await log().read(streamOf(id), Number.MAX_SAFE_INTEGER, 1);
      if (batch.entries.at(-1)?.seq === head) return;
    }
    await reader.below(AHEAD_BYTES);
  }
}

/** Whether a reader with this position has had everything, and nothing more is to come. */
export async function isComplete({ id, status }: JobRow, position: number): Promise<boolean> {
  if (position < 1 || !hasEnded(status)) return false;
  const { head } = await log().read(streamOf(id), Number.MAX_SAFE_INTEGER, 1);
  return position === head;
}

/** Resolves when a job has ended, with its state; with undefined once the signal aborts. */
export async function untilEnded(id: string, signal: AbortSignal): Promise<JobState | undefined> {
  for await (const item of log().tail(streamOf(id), 0, signal)) {
    if (item.kind !== "entry" || !isEnd(item.entry)) continue;
    // The end of an earlier round, which a replay has followed, is not the end.
    const state = await readState(id);
    if (hasEnded(state.status)) return state;
  }
  return undefined;
}
