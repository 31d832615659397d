import type { EventReader } from "@/lib/event-response";
import { log } from "@/lib/log";
import { type CompletionEntry, parseEntry, streamOf } from "./entries";
import { settle } from "./settle";

/** Reading goes on when no more than this is unread: it keeps to its reader's pace. */
const AHEAD_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/** An entry of the log as it goes over the wire, whole frames or nothing. */
export type Encode = (entry: CompletionEntry, seq: number) => string;

/**
 * Sends a reader the entries after a position, then those that come, up to the completion's end.
 * The log is all it needs: the producer may be in any process, or in none.
 */
export async function feedCompletion(
  reader: EventReader,
  id: string,
  after: number,
  encode: Encode,
): Promise<void> {
  for await (const batch of log().tailBatches(streamOf(id), after, reader.signal)) {
    // Nothing is pruned from a completion: the position was never one of its own.
    if (batch.kind === "reset") continue;
    let frames = "";
    let ended = false;
    for (const one of batch.entries) {
      const entry = parseEntry(one);
      frames += encode(entry, one.seq);
      ended = entry.type === "end";
      if (ended) break;
    }
    if (ended) await settle(id);
    if (frames) reader.write(encoder.encode(frames));
    if (ended) return;
    await reader.below(AHEAD_BYTES);
  }
}

/** Whether a reader with this position has had everything. */
export async function isComplete(id: string, position: number): Promise<boolean> {
  if (position < 1) return false;
  const { entries } = await log().read(streamOf(id), position - 1, 1);
  return entries[0]?.seq === position && parseEntry(entries[0]).type === "end";
}
