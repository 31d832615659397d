import { z } from "zod";
import { wholeNumber } from "@/lib/numbers";
import { problemSchema } from "@/lib/problem";

/** What the comparison allows. Whoever passes a limit is told which. */
export const realtimeLimits = {
  /** Events a second that the source can be asked for. */
  rate: { min: 0.2, max: 50 },
  payloadBytes: { min: 32, max: 4_096 },
  /** Entries of one answer of a poll. A full answer means: ask again at once. */
  pageEntries: 100,
  longPollSeconds: 25,
  /** The source ends when nobody has read for this long, on any instance. */
  unwatchedSeconds: 10,
  /** And after this time in any case. */
  sourceMinutes: 30,
  /** Entries of a visitor's stream that are kept. Who asks for older ones is told `reset`. */
  keptEntries: 3_000,
  /** Of each lane, per visitor and instance; STREAMS_PER_USER sets another. */
  readersPerUser: 10,
  /** Per visitor and instance. */
  commands: { limit: 15, windowMs: 3_000 },
  sourcesPerInstance: 50,
  /** Bytes that a socket may have before it: the feed waits until it has taken them. */
  pendingBytes: 256 * 1024,
} as const;

export const laneNames = ["websocket", "sse", "long-poll", "poll"] as const;
export const laneName = z.enum(laneNames);
export type LaneName = z.infer<typeof laneName>;

// The form of an entry, the same on every lane.

export const entry = z.object({
  /** Its place in the visitor's stream: 1, 2, 3 … without gaps. */
  seq: z.number().int().positive(),
  /** When the server made it: milliseconds since the epoch, by the clock of `GET stats`. */
  sentAt: z.number(),
  payload: z.string(),
});
export type Entry = z.infer<typeof entry>;

/**
 * The position asked for is pruned, or beyond the end: the stream goes on with `oldest`. A poll is
 * answered so in place of entries; on SSE it is `event: reset`, on the socket the event `reset`.
 */
export const reset = z.object({ oldest: z.number().int().positive() });

// HTTP

const position = wholeNumber(0, Number.MAX_SAFE_INTEGER);
/** The reader's own mark: bytes are added up under it, for `GET stats`. */
const run = z.uuid().optional();

/**
 * `GET /api/realtime/poll`: 200 with what came after the position, 304 if that is what you have.
 * `GET /api/realtime/sse`: the Last-Event-ID header, where there is one, outranks `after`.
 */
export const positionQuery = z.object({ after: position.default(0), run });
/** `GET /api/realtime/long-poll`: the same, but waits; 204 when `timeout` seconds brought nothing. */
export const longPollQuery = positionQuery.extend({
  timeout: wholeNumber(1, realtimeLimits.longPollSeconds).default(realtimeLimits.longPollSeconds),
});

export const page = z.object({
  /** Ascending by seq, without gaps; empty with a reset. */
  entries: z.array(entry),
  /** To ask with the next time. */
  position: z.number().int().nonnegative(),
  reset: reset.optional(),
});
export type Page = z.infer<typeof page>;

const { rate, payloadBytes } = realtimeLimits;
export const settings = z.strictObject({
  rate: z.number().min(rate.min).max(rate.max),
  payloadBytes: z.number().int().min(payloadBytes.min).max(payloadBytes.max),
});
export type Settings = z.infer<typeof settings>;

/** `POST /api/realtime/source`. `change` answers 409 where nothing runs; `stop` may be repeated. */
export const sourceCommand = z.discriminatedUnion("action", [
  settings.extend({ action: z.literal("start") }),
  settings.extend({ action: z.literal("change") }),
  z.strictObject({ action: z.literal("stop") }),
]);

export const endReason = z.enum(["asked", "nobody watches", "time is up", "shutdown"]);
export type EndReason = z.infer<typeof endReason>;

export const sourceState = z.object({
  running: z.boolean(),
  /** Those of the last run; null before the first. */
  settings: settings.nullable(),
  /** Why the last run ended, where that is known. */
  ended: endReason.nullable(),
});
export type SourceState = z.infer<typeof sourceState>;

/** As the server's TCP connections count them: headers included, TLS, TCP and IP left out. */
export const traffic = z.object({ in: z.number(), out: z.number(), requests: z.number() });
export type Traffic = z.infer<typeof traffic>;

/** `GET /api/realtime/stats?run=`. The two times are those of NTP's exchange: begun, answered. */
export const statsQuery = z.object({ run });
export const stats = z.object({
  receivedAt: z.number(),
  sentAt: z.number(),
  instance: z.string(),
  /** The last entry of the visitor's stream. */
  head: z.number().int().nonnegative(),
  source: sourceState,
  lanes: z.record(laneName, traffic),
});
export type Stats = z.infer<typeof stats>;

// Socket.IO, namespace /realtime: the handshake's `auth` says where to begin.

export const realtimeNamespace = "/realtime";
export const handshake = z.object({ after: z.number().int().nonnegative().default(0), run });
export const refusal = z.object({ data: problemSchema });

export const helloEvent = z.object({ instance: z.string() });
export const entriesEvent = z.object({ entries: z.array(entry) });
export const byeEvent = z.object({ reason: z.string() });

export interface ServerEvents {
  hello(event: z.infer<typeof helloEvent>): void;
  entries(event: z.infer<typeof entriesEvent>): void;
  reset(event: z.infer<typeof reset>): void;
  bye(event: z.infer<typeof byeEvent>): void;
}
