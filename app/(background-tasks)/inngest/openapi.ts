import { z } from "zod";
import { json } from "@/lib/openapi/content";
import { retryAfter } from "@/lib/openapi/headers";
import type { Answer, Operation } from "@/lib/openapi/operation";
import { invalidBody, problem, tooLarge } from "@/lib/openapi/problems";
import { problemSchema } from "@/lib/problem";

/** What the SDK answers is its own, problems included. */
const answer = (description: string): Answer => ({
  description,
  headers: {
    "Server-Timing": z.string().optional(),
    "X-Inngest-SDK-Handled": z.string().optional(),
    "X-Inngest-SDK": z.string().optional(),
    "X-Inngest-Req-Version": z.string().optional(),
    "X-Inngest-No-Retry": z.string().optional(),
    "Retry-After": z.string().optional(),
  },
  content: json(z.unknown()),
});
const common = {
  path: "/api/inngest",
  tag: "Background tasks",
  description:
    "For Inngest, whichever it is, and nobody else: its protocol is described in its own documents.",
  session: "none",
} as const;
const failed = { 500: answer("The SDK has failed.") };
const challenged = { headers: { "WWW-Authenticate": z.string() } };
/** Not signed by Inngest, badly, or too long ago. */
const unsigned = problem(401, "unsigned-call", challenged);
/** Signed, and taken before. */
const replayed = problem(401, "replayed-call", challenged);
/** The bodies of all calls are too large to be read at once. */
const busy = problem(503, "busy", { headers: { "Retry-After": retryAfter } });
const withBody = [problem(400, "invalid-json"), invalidBody, tooLarge, busy];
/** The SDK's own, or a problem of ours: the body is no JSON, no object, no UTF-8 or broken off. */
const badCall = answer("The call is none of the protocol, or the step has failed for good.");

export const operations: Operation[] = [
  {
    ...common,
    method: "get",
    operationId: "inspectFunctions",
    summary: "Say what is served to Inngest",
    answers: { 200: answer("What is served."), ...failed },
    problems: [unsigned],
  },
  {
    ...common,
    method: "put",
    operationId: "registerFunctions",
    summary: "Register the functions with Inngest",
    answers: { 200: answer("Registered."), ...failed },
    problems: [unsigned, ...withBody],
  },
  {
    ...common,
    method: "post",
    operationId: "runStep",
    summary: "Run one step, for Inngest",
    answers: {
      200: answer("The function has ended."),
      206: answer("The step has ended, and the function has not."),
      400: {
        ...badCall,
        content: { ...badCall.content, "application/problem+json": { schema: problemSchema } },
      },
      ...failed,
    },
    problems: [unsigned, replayed, ...withBody],
  },
];
