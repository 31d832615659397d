import { z } from "zod";
import { json } from "@/lib/openapi/content";
import { rateLimitHeaders, retryAfter } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import { invalidJson, invalidParameter, notFound, problem } from "@/lib/openapi/problems";
import {
  algorithmName,
  dataAnswer,
  limitState,
  limitsAnswer,
  limitsQuery,
  plugRequest,
  searchAnswer,
  searchQuery,
  stateQuery,
} from "./contract";

const tag = "Rate limits";
const params = z.object({ algorithm: algorithmName });
const limiterUnavailable = problem(503, "limiter-unavailable", {
  headers: {
    "RateLimit-Policy": rateLimitHeaders["RateLimit-Policy"].optional(),
    "Retry-After": retryAfter,
  },
  members: { retryAfterMs: z.number().int().optional(), decidedBy: z.string().optional() },
});

export const operations: Operation[] = [
  {
    method: "get",
    path: "/api/data",
    operationId: "readData",
    tag,
    summary: "Ask 100 times a minute",
    description: "Counted in the instance that answers.",
    session: "optional",
    counted: true,
    answers: { 200: { description: "The instance, and its time.", content: json(dataAnswer) } },
    problems: [],
  },
  {
    method: "get",
    path: "/api/search",
    operationId: "searchPatterns",
    tag,
    summary: "Search the patterns, 30 times a minute",
    description:
      "Counted in Redis, for all instances together. Where Redis does not answer an insurance in the instance decides, and `RateLimit` says so. What is refused with 400 counts, too.",
    session: "optional",
    counted: true,
    query: searchQuery,
    answers: {
      200: { description: "The patterns that have every word.", content: json(searchAnswer) },
    },
    problems: [invalidParameter],
  },
  {
    method: "get",
    path: "/api/limits/{algorithm}",
    operationId: "spend",
    tag,
    summary: "Spend units of an algorithm",
    description:
      "Does nothing but count: 10 units in 10 s. `down` says what is done while Redis does not answer.",
    session: "optional",
    counted: true,
    params,
    query: limitsQuery,
    answers: { 200: { description: "Allowed.", content: json(limitsAnswer) } },
    problems: [invalidParameter, notFound, limiterUnavailable],
  },
  {
    method: "get",
    path: "/api/limits/{algorithm}/state",
    operationId: "readLimitState",
    tag,
    summary: "Look at what an algorithm has counted",
    description: "Of the caller. Costs nothing.",
    session: "optional",
    params,
    query: stateQuery,
    answers: { 200: { description: "The state.", content: json(limitState) } },
    problems: [invalidParameter, notFound, limiterUnavailable],
  },
  {
    method: "post",
    path: "/api/limits/plug",
    operationId: "pullPlug",
    tag,
    summary: "Make the embedded Redis fail for a while",
    description:
      "It hangs, refuses connections, or answers 500, for everybody; null puts the plug back. Only in the demo; elsewhere this address does not exist.",
    session: "required",
    body: json(plugRequest),
    answers: { 202: { description: "Done.", content: json(plugRequest) } },
    problems: [...invalidJson, notFound, problem(409, "plug-out-of-reach")],
  },
];
