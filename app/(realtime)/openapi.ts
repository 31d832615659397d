import { z } from "zod";
import { eventStream, eventStreamHeaders, json } from "@/lib/openapi/content";
import { etag, ifNoneMatchHeader, lastEventIdHeader, retryAfter } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import {
  invalidJson,
  invalidLastEventId,
  invalidParameter,
  problem,
  tooManyStreams,
} from "@/lib/openapi/problems";
import {
  entry,
  longPollQuery,
  page,
  positionQuery,
  reset,
  sourceCommand,
  sourceState,
  stats,
  statsQuery,
} from "./contract";

const tag = "Realtime, compared";
const headers = { "Retry-After": retryAfter };

export const schemas = { EntryPage: page };

export const operations: Operation[] = [
  {
    method: "get",
    path: "/api/realtime/poll",
    operationId: "poll",
    tag,
    summary: "Poll: what came after a position, at once",
    description: "`reset` where the position is pruned or beyond the end.",
    session: "required",
    query: positionQuery,
    headers: z.object({ "If-None-Match": ifNoneMatchHeader }),
    answers: {
      200: { description: "Entries.", headers: { ETag: etag }, content: json(page) },
      304: { description: "Nothing has come.", headers: { ETag: etag } },
    },
    problems: [invalidParameter],
  },
  {
    method: "get",
    path: "/api/realtime/long-poll",
    operationId: "longPoll",
    tag,
    summary: "Long-poll: what comes after a position, as soon as there is something",
    description: "Waits for `timeout` seconds at most.",
    session: "required",
    query: longPollQuery,
    answers: {
      200: { description: "Entries.", content: json(page) },
      204: { description: "Nothing came in time, or this instance is ending. Ask again." },
    },
    problems: [invalidParameter, problem(429, "too-many-readers", { headers })],
  },
  {
    method: "get",
    path: "/api/realtime/sse",
    operationId: "streamEntries",
    tag,
    summary: "Stream: what comes after a position, as it comes",
    description: "The `Last-Event-ID` header, where there is one, outranks `after`.",
    session: "required",
    query: positionQuery,
    headers: z.object({ "Last-Event-ID": lastEventIdHeader }),
    answers: {
      200: {
        description: "The stream.",
        headers: eventStreamHeaders,
        content: eventStream({
          message: entry.omit({ seq: true }),
          live: z.object({ position: z.number(), replayed: z.number() }),
          reset,
          end: z.object({ reason: z.string() }),
        }),
      },
    },
    problems: [invalidParameter, invalidLastEventId, tooManyStreams],
  },
  {
    method: "post",
    path: "/api/realtime/source",
    operationId: "commandSource",
    tag,
    summary: "Start, change or stop one's source",
    description:
      "`start` replaces a source that runs already, on whichever instance; `stop` may be repeated.",
    session: "required",
    counted: true,
    body: json(sourceCommand),
    answers: { 200: { description: "Its state.", content: json(sourceState) } },
    problems: [
      ...invalidJson,
      problem(409, "not-running"),
      problem(503, "too-many-sources", { headers }),
    ],
  },
  {
    method: "get",
    path: "/api/realtime/stats",
    operationId: "readRealtimeStats",
    tag,
    summary: "Say what the server knows of a run",
    description:
      "Its time, twice (for an NTP-style estimate of the clocks' offset), the head of the stream, the source, and the bytes of each lane on this instance.",
    session: "required",
    query: statsQuery,
    answers: { 200: { description: "The figures.", content: json(stats) } },
    problems: [invalidParameter],
  },
];
