import { z } from "zod";
import { eventStream, eventStreamHeaders, json } from "@/lib/openapi/content";
import {
  contentLocation,
  idempotencyKeyHeader,
  idempotentReplayed,
  lastEventIdHeader,
  link,
  location,
  retryAfter,
} from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import {
  idempotencyKeyReused,
  invalidCursor,
  invalidIdempotencyKey,
  invalidJson,
  invalidLastEventId,
  invalidParameter,
  notFound,
  problem,
  tooManyStreams,
} from "@/lib/openapi/problems";
import {
  cronRuns,
  inputs,
  jobAccepted,
  jobCancelled,
  jobEvent,
  jobPage,
  jobReplayed,
  jobState,
  jobsQuery,
  kindSchema,
  replayRequest,
} from "../contract";

const tag = "Background tasks";
const params = z.object({ job: z.string().meta({ description: "The id of a job." }) });
const headers = { "Retry-After": retryAfter };

/** What `data` has for each name of `event`: jobs/events.ts takes the type out of it, and adds the time. */
const jobEvents = Object.fromEntries(
  jobEvent.options.map((option) => {
    const { type, ...rest } = option.shape;
    return [type.value, z.object({ at: z.iso.datetime(), ...rest })];
  }),
);
const end = z.object({ reason: z.string() });

const accepted = { Location: location, "Idempotent-Replayed": idempotentReplayed };
const applied = { "Preference-Applied": z.string() };

export const schemas = { Job: jobState };

export const operations: Operation[] = [
  {
    method: "post",
    path: "/api/jobs/{job}",
    operationId: "startJob",
    tag,
    summary: "Start a job of a kind",
    description:
      "The segment is the kind, and decides what the body is: the first form is for `import`, the second for `digest`, the third for `deliver`. With `Prefer: wait=n` (RFC 7240) a short job (digest, deliver) that ends in time is answered with its state.",
    session: "required",
    params: z.object({ job: kindSchema }),
    headers: z.object({
      "Idempotency-Key": idempotencyKeyHeader,
      Prefer: z.string().optional().meta({ description: "`wait=n`, `respond-async`." }),
    }),
    body: json(z.union(Object.values(inputs))),
    answers: {
      200: {
        description: "It has ended in time: its state.",
        headers: { ...accepted, ...applied, "Content-Location": contentLocation },
        content: json(jobState),
      },
      202: {
        description: "It is under way.",
        headers: { ...accepted, "Preference-Applied": applied["Preference-Applied"].optional() },
        content: json(jobAccepted),
      },
    },
    problems: [
      invalidIdempotencyKey,
      ...invalidJson,
      notFound,
      problem(409, "idempotency-key-in-flight", { headers }),
      idempotencyKeyReused,
      problem(429, "too-many-jobs", { headers, members: { limit: z.number().int() } }),
    ],
  },
  {
    method: "get",
    path: "/api/jobs/{job}",
    operationId: "readJob",
    tag,
    summary: "Read a job's state",
    description: "Of one's own job.",
    session: "required",
    params,
    answers: { 200: { description: "The state.", content: json(jobState) } },
    problems: [notFound],
  },
  {
    method: "get",
    path: "/api/jobs",
    operationId: "listJobs",
    tag,
    summary: "List one's jobs",
    description:
      "The newest first. `Link` rel=next is the next page; without it, this is the last.",
    session: "required",
    query: jobsQuery,
    answers: {
      200: { description: "A page.", headers: { Link: link.optional() }, content: json(jobPage) },
    },
    problems: [invalidParameter, invalidCursor],
  },
  {
    method: "get",
    path: "/api/jobs/events",
    operationId: "streamJobs",
    tag,
    summary: "Read what happens to one's jobs, as it happens",
    description:
      "The events after Last-Event-ID (without it, none), then `live`, then the new ones.",
    session: "required",
    headers: z.object({ "Last-Event-ID": lastEventIdHeader }),
    answers: {
      200: {
        description: "The stream.",
        headers: eventStreamHeaders,
        content: eventStream({
          ...jobEvents,
          live: z.object({ position: z.number(), replayed: z.number() }),
          reset: z.object({ oldest: z.number() }),
          end,
        }),
      },
    },
    problems: [invalidLastEventId, tooManyStreams],
  },
  {
    method: "get",
    path: "/api/jobs/{job}/events",
    operationId: "streamJob",
    tag,
    summary: "Read a job's history, and what comes",
    description: "The events after Last-Event-ID (without it, all), up to its end.",
    session: "required",
    params,
    headers: z.object({ "Last-Event-ID": lastEventIdHeader }),
    answers: {
      200: {
        description: "The stream.",
        headers: eventStreamHeaders,
        content: eventStream({ ...jobEvents, end }),
      },
      204: { description: "The reader has had the end: EventSource stops for good." },
    },
    problems: [invalidLastEventId, notFound, tooManyStreams],
  },
  {
    method: "post",
    path: "/api/jobs/{job}/cancel",
    operationId: "cancelJob",
    tag,
    summary: "Cancel a job",
    description: "Whether it waits, sleeps or runs. What is in the ledger stays done.",
    session: "required",
    params,
    answers: {
      200: {
        description: "Cancelled, or the status with which it had ended before.",
        content: json(jobCancelled),
      },
    },
    problems: [notFound],
  },
  {
    method: "post",
    path: "/api/jobs/{job}/replay",
    operationId: "replayJob",
    tag,
    summary: "Start a dead letter again",
    description:
      "As its next round. What the ledger holds is not done again. The faults that were asked for are taken back unless they are to be kept.",
    session: "required",
    params,
    body: json(replayRequest),
    answers: {
      202: {
        description: "It is under way again.",
        headers: { Location: location },
        content: json(jobReplayed),
      },
    },
    problems: [...invalidJson, notFound, problem(409, "not-dead")],
  },
  {
    method: "get",
    path: "/api/cron-runs",
    operationId: "listCronRuns",
    tag,
    summary: "List what the schedules did last",
    description: "The newest first. They belong to nobody.",
    session: "required",
    answers: { 200: { description: "The runs.", content: json(cronRuns) } },
    problems: [],
  },
];
