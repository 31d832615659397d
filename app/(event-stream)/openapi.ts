import { z } from "zod";
import { eventStream, eventStreamHeaders, json } from "@/lib/openapi/content";
import {
  idempotencyKeyHeader,
  idempotentReplayed,
  lastEventIdHeader,
  location,
} from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import {
  idempotencyKeyReused,
  invalidIdempotencyKey,
  invalidJson,
  invalidLastEventId,
  invalidParameter,
  notFound,
  problem,
  tooManyStreams,
} from "@/lib/openapi/problems";
import {
  endData,
  eventData,
  eventTypes,
  liveData,
  published,
  publishRequest,
  pulse,
  resetData,
  streamQuery,
} from "./contract";

const tag = "Event stream";

export const schemas = { Published: published };

export const operations: Operation[] = [
  {
    method: "post",
    path: "/api/events",
    operationId: "publishEvent",
    tag,
    summary: "Publish an event to one's own stream",
    description: "Answered after the commit. `Location` is the stream from that event on.",
    session: "required",
    headers: z.object({ "Idempotency-Key": idempotencyKeyHeader }),
    body: json(publishRequest),
    answers: {
      201: {
        description: "Published: its id in the stream, its type and its time.",
        headers: { Location: location, "Idempotent-Replayed": idempotentReplayed },
        content: json(published),
      },
    },
    problems: [
      invalidIdempotencyKey,
      ...invalidJson,
      problem(400, "too-deep"),
      idempotencyKeyReused,
    ],
  },
  {
    method: "get",
    path: "/api/events/{userId}",
    operationId: "readEvents",
    tag,
    summary: "Read the events of a user, as they happen",
    description:
      "`me` is whoever asks. First the events after `Last-Event-ID` (or `after`; without either the last 20), then `live`, then the new ones. A position that is not there any more is answered by `reset`; `end` says why the server ended the stream.",
    session: "required",
    params: z.object({ userId: z.string() }),
    query: streamQuery,
    headers: z.object({ "Last-Event-ID": lastEventIdHeader }),
    answers: {
      200: {
        description: "The stream.",
        headers: eventStreamHeaders,
        content: eventStream({
          ...Object.fromEntries(eventTypes.map((type) => [type, eventData])),
          live: liveData,
          reset: resetData,
          end: endData,
        }),
      },
      204: { description: "The reader comes back after a logout: EventSource stops for good." },
    },
    problems: [invalidParameter, invalidLastEventId, notFound, tooManyStreams],
  },
  {
    method: "get",
    path: "/api/events/pulse",
    operationId: "readEventPulse",
    tag,
    summary: "Count the streams that an instance holds",
    description: "The instance that answers, and how many streams it holds open. For anyone.",
    session: "none",
    answers: { 200: { description: "The pulse.", content: json(pulse) } },
    problems: [],
  },
];
