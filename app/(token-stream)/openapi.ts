import { z } from "zod";
import { eventStream, eventStreamHeaders, json } from "@/lib/openapi/content";
import { contentLocation, lastEventIdHeader, retryAfter } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import {
  invalidJson,
  invalidLastEventId,
  notFound,
  problem,
  tooManyStreams,
} from "@/lib/openapi/problems";
import {
  assistantRequest,
  completionRequest,
  completionState,
  continuedData,
  conversation,
  failureSchema,
  finishData,
  sourceSchema,
  stopAnswer,
  tokenData,
  toolCallData,
  toolResultData,
} from "./contract";

const tag = "Token stream";
const params = z.object({ id: z.string() });
const headers = { "Retry-After": retryAfter };
const limit = z.number().int();

/** completion/create.ts */
const refused = [
  problem(429, "too-many-completions", { headers, members: { limit } }),
  problem(429, "token-budget-spent", { headers, members: { limit, spent: z.number().int() } }),
  problem(503, "no-model"),
  problem(503, "busy", { headers }),
];

const raw = {
  description: "The stream; `data: [DONE]` is its last.",
  headers: eventStreamHeaders,
  content: eventStream({
    message: tokenData,
    reasoning: tokenData,
    "tool-call": toolCallData,
    "tool-result": toolResultData,
    source: sourceSchema,
    continued: continuedData,
    finish: finishData,
    error: failureSchema,
    end: z.object({ reason: z.string() }),
  }),
};
const ui = {
  description: "The AI SDK's UI message stream, v1; `data: [DONE]` is its last.",
  headers: {
    ...eventStreamHeaders,
    "Content-Location": contentLocation,
    "X-Vercel-AI-UI-Message-Stream": z.literal("v1"),
  },
  content: eventStream({ message: z.looseObject({ type: z.string() }) }),
};

export const schemas = { Completion: completionState };

export const operations: Operation[] = [
  {
    method: "post",
    path: "/api/completions",
    operationId: "askModel",
    tag,
    summary: "Ask the model",
    description:
      "`Content-Location` is the completion: it is made whether this response is read or not, and its `/stream` goes on where a reader was cut off.",
    session: "required",
    body: json(completionRequest),
    answers: {
      200: { ...raw, headers: { ...raw.headers, "Content-Location": contentLocation } },
    },
    problems: [...invalidJson, ...refused, tooManyStreams],
  },
  {
    method: "get",
    path: "/api/completions/{id}",
    operationId: "readCompletion",
    tag,
    summary: "Read a completion's state",
    description:
      "Status, text so far, reasoning, tool calls, sources, usage and timings of one's own completion.",
    session: "required",
    params,
    answers: { 200: { description: "The state.", content: json(completionState) } },
    problems: [notFound],
  },
  {
    method: "get",
    path: "/api/completions/{id}/stream",
    operationId: "streamCompletion",
    tag,
    summary: "Read a completion's stream",
    description:
      "While it is made and afterwards, on any instance: the frames after Last-Event-ID.",
    session: "required",
    params,
    headers: z.object({ "Last-Event-ID": lastEventIdHeader }),
    answers: {
      200: raw,
      204: { description: "The reader has had [DONE]: EventSource stops for good." },
    },
    problems: [invalidLastEventId, notFound, tooManyStreams],
  },
  {
    method: "post",
    path: "/api/completions/{id}/stop",
    operationId: "stopCompletion",
    tag,
    summary: "Stop a completion",
    description:
      "Its producer, on whichever instance, ends the request to the model and keeps what came. Leaving is not stopping; this is.",
    session: "required",
    params,
    answers: {
      200: { description: "It has ended already.", content: json(stopAnswer) },
      202: { description: "It will stop.", content: json(stopAnswer) },
    },
    problems: [notFound],
  },
  {
    method: "post",
    path: "/api/assistant",
    operationId: "say",
    tag,
    summary: "Say something in a conversation",
    description:
      "The AI SDK's useChat posts here. Only the last message counts, and it is the user's: what came before is read from the database.",
    session: "required",
    body: json(assistantRequest),
    answers: { 200: ui },
    problems: [
      ...invalidJson,
      problem(400, "invalid-role"),
      problem(400, "invalid-parts"),
      problem(400, "invalid-message"),
      problem(409, "still-answering"),
      ...refused,
      tooManyStreams,
    ],
  },
  {
    method: "get",
    path: "/api/assistant/{id}",
    operationId: "readConversation",
    tag,
    summary: "Read a conversation",
    description: "For useChat's `messages`; empty where there is none.",
    session: "required",
    params,
    answers: { 200: { description: "The conversation.", content: json(conversation) } },
    problems: [notFound],
  },
  {
    method: "get",
    path: "/api/assistant/{id}/stream",
    operationId: "streamAnswer",
    tag,
    summary: "Read the answer that a conversation is waiting for",
    description:
      "From the beginning of the message, on any instance; useChat with `resume` asks here.",
    session: "required",
    params,
    answers: { 200: ui, 204: { description: "It is waiting for none." } },
    problems: [notFound, tooManyStreams],
  },
];
