import { z } from "zod";
import { json } from "@/lib/openapi/content";
import type { Operation } from "@/lib/openapi/operation";
import { invalidJson } from "@/lib/openapi/problems";
import { sessionRequest, sessionResponse } from "./contract";

const base = { path: "/api/session", tag: "Sessions" } as const;
const setCookie = z.string().meta({ description: "The token, as an HttpOnly cookie." });
const renewed = { "Set-Cookie": setCookie.optional() };

export const schemas = { Session: sessionResponse };

export const operations: Operation[] = [
  {
    ...base,
    method: "post",
    operationId: "beginSession",
    summary: "Begin a session, or rename its guest",
    description:
      "A name is optional. `bearer: true` is for programs: always a new guest, whose token comes in the body and not as a cookie. One address may make 60 new guests in an hour (GUESTS_PER_ADDRESS); one more is answered 429.",
    session: "optional",
    body: json(sessionRequest),
    answers: {
      200: {
        description: "The session that is there, renamed, or renewed where that was due.",
        headers: renewed,
        content: json(sessionResponse),
      },
      201: { description: "A new guest.", headers: renewed, content: json(sessionResponse) },
    },
    problems: invalidJson,
  },
  {
    ...base,
    method: "get",
    operationId: "readSession",
    summary: "Say who asks",
    description: "Renewed once half of the session's life is over.",
    session: "required",
    answers: {
      200: { description: "Who you are.", headers: renewed, content: json(sessionResponse) },
    },
    problems: [],
  },
  {
    ...base,
    method: "delete",
    operationId: "endSession",
    summary: "Log out",
    description: "On every instance, with the sockets and the streams of this session.",
    session: "required",
    answers: { 204: { description: "Logged out.", headers: { "Set-Cookie": setCookie } } },
    problems: [],
  },
];
