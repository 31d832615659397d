import { z } from "zod";
import { json } from "@/lib/openapi/content";
import type { Answer, Operation } from "@/lib/openapi/operation";
import { invalidBody, tooLarge } from "@/lib/openapi/problems";

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
const refused = { 401: answer("Not signed, or badly."), 500: answer("The SDK has failed.") };

export const operations: Operation[] = [
  {
    ...common,
    method: "get",
    operationId: "inspectFunctions",
    summary: "Say what is served to Inngest",
    answers: { 200: answer("What is served."), ...refused },
    problems: [],
  },
  {
    ...common,
    method: "put",
    operationId: "registerFunctions",
    summary: "Register the functions with Inngest",
    answers: { 200: answer("Registered."), ...refused },
    problems: [invalidBody, tooLarge],
  },
  {
    ...common,
    method: "post",
    operationId: "runStep",
    summary: "Run one step, for Inngest",
    answers: {
      200: answer("The function has ended."),
      206: answer("The step has ended, and the function has not."),
      400: answer("The call is none of the protocol, or the step has failed for good."),
      ...refused,
    },
    problems: [tooLarge],
  },
];
