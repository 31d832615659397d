import { z } from "zod";
import { wholeNumber } from "@/lib/numbers";

/** What the event stream allows. Whoever passes a limit is told which. */
export const eventLimits = {
  /** Of the payload, as JSON in UTF-8. */
  payloadBytes: 16 * 1024,
  /** Arrays and objects inside each other. */
  payloadDepth: 32,
  /** Per instance; STREAMS_PER_USER sets another. */
  streamsPerUser: 10,
  /** All guests of one address together: ADDRESS_LIMIT_FACTOR times this, on each instance. Beyond: 429. */
  published: { name: "events", limit: 600, windowMs: 60_000 },
  /** Older events that a reader without a position is sent first. */
  latest: 20,
  /** Older events of a user are pruned: who asks for them is sent a `reset`. */
  kept: 500,
} as const;

/**
 * The types of events, which are the names that addEventListener takes. Never `open`, `error` or
 * `message`, which EventSource fires itself, nor the stream's own `live`, `reset` and `end`.
 */
export const eventTypes = ["note", "order.placed", "build.finished", "alert"] as const;
export const eventType = z.enum(eventTypes);
export type EventType = z.infer<typeof eventType>;

// HTTP

/** `POST /api/events`. */
export const publishRequest = z.strictObject({
  type: eventType,
  /** Any JSON, in the limits above. Not z.json(): it recurses, and overflows on what is nested deep. */
  payload: z.unknown().refine((value) => value !== undefined, "is missing"),
});
export type PublishRequest = z.infer<typeof publishRequest>;

/** 201. `id` is the event's place in the stream: 1, 2, 3 … without gaps. */
export const published = z.object({
  id: z.number().int().positive(),
  type: eventType,
  at: z.iso.datetime(),
});
export type Published = z.infer<typeof published>;

/** `GET /api/events/{userId}`: for programs, what Last-Event-ID is for browsers, and weaker than it. */
export const streamQuery = z.object({
  after: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
});

/** `GET /api/events/pulse`: the instance that answers, and how many streams it holds. */
export const pulse = z.object({ instance: z.string(), openStreams: z.number() });
export type Pulse = z.infer<typeof pulse>;

// The stream: the JSON in `data`, for each name of `event`.

/** An event of the user: `id` is its place, `event` its type. */
export const eventData = z.object({ at: z.iso.datetime(), payload: z.unknown() });
/** The replay is over; from here on events come as they happen. */
export const liveData = z.object({ position: z.number(), replayed: z.number() });
/** The position asked for is pruned, or beyond the end: what follows begins at `oldest`. */
export const resetData = z.object({ oldest: z.number() });
/** The server's last word. After `going away` another connection is welcome. */
export const endData = z.object({
  reason: z.enum(["going away", "logged out", "session expired"]),
});
export type EndReason = z.infer<typeof endData>["reason"];
