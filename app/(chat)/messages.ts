import { z } from "zod";
import { log } from "@/lib/log";
import type { LogEntry } from "@/lib/log/types";
import { type Message, person } from "./contract";

/** What the log keeps of a message. The rest is the entry's own: seq, at, stream. */
const stored = z.object({ id: z.uuid(), author: person, text: z.string() });

/** The log stream of a room. */
export const streamOf = (room: string) => `chat:${room}`;
const roomOf = (stream: string) => stream.slice("chat:".length);

/** The stored entry, as everyone is sent it. */
export function toMessage({ stream, seq, data, at }: LogEntry): Message {
  return { room: roomOf(stream), seq, ...stored.parse(data), at: at.toISOString() };
}

/**
 * Stores a message; resolves after its commit. The key is the author's and the message's id: a
 * retry finds the first one, and nobody can take an id of somebody else's.
 */
export function storeMessage(
  room: string,
  author: z.infer<typeof person>,
  id: string,
  text: string,
) {
  return log().append(streamOf(room), "message", { id, author, text }, `${author.userId}:${id}`);
}
