import { z } from "zod";
import { json } from "@/lib/openapi/content";
import { location } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import { invalidJson, notFound, problem } from "@/lib/openapi/problems";
import {
  multipart,
  multipartRequest,
  presigned,
  presignedRequest,
  signedParts,
  signRequest,
  storedParts,
  upload,
} from "../contract";
import { params, quotaExceeded, storeFull, storeUnavailable, tag } from "./shared";

const made = { Location: location };
const notUnderWay = problem(409, "not-under-way");

export const operations: Operation[] = [
  {
    method: "post",
    path: "/api/uploads/presigned",
    operationId: "presignUpload",
    tag,
    summary: "Be let send a file straight to the store",
    description:
      "A form for exactly one object of exactly this key, size and type, or a PUT with signed headers. Then `POST /api/uploads/{id}/complete`.",
    session: "required",
    body: json(presignedRequest),
    answers: {
      201: {
        description: "How to send it, and until when.",
        headers: made,
        content: json(presigned),
      },
    },
    problems: [...invalidJson, storeUnavailable, ...quotaExceeded],
  },
  {
    method: "post",
    path: "/api/uploads/multipart",
    operationId: "beginMultipartUpload",
    tag,
    summary: "Begin an upload in parts",
    description:
      "Which are sent straight to the store: several at a time, each again where it failed, and the rest another day.",
    session: "required",
    body: json(multipartRequest),
    answers: {
      201: {
        description: "The size of the parts, and their number.",
        headers: made,
        content: json(multipart),
      },
    },
    problems: [...invalidJson, storeUnavailable, storeFull, ...quotaExceeded],
  },
  {
    method: "get",
    path: "/api/uploads/{id}/parts",
    operationId: "listParts",
    tag,
    summary: "List the parts that the store has",
    description: "Whoever resumes sends the rest.",
    session: "required",
    params,
    answers: { 200: { description: "What is there.", content: json(storedParts) } },
    problems: [notFound, notUnderWay, storeUnavailable],
  },
  {
    method: "post",
    path: "/api/uploads/{id}/parts",
    operationId: "signParts",
    tag,
    summary: "Get addresses to send parts to",
    description: "Each of its exact length, good for 15 minutes.",
    session: "required",
    params,
    body: json(signRequest),
    answers: { 200: { description: "An address for each.", content: json(signedParts) } },
    problems: [...invalidJson, notFound, notUnderWay, storeUnavailable],
  },
  {
    method: "post",
    path: "/api/uploads/{id}/complete",
    operationId: "completeUpload",
    tag,
    summary: "Say that a file was sent",
    description: "The store is asked whether that is so. Repeating it is the same answer.",
    session: "required",
    params,
    answers: { 200: { description: "Stored.", content: json(upload) } },
    problems: [
      notFound,
      problem(409, "under-way"),
      problem(409, "not-sent"),
      problem(409, "parts-missing", { members: { missing: z.array(z.number().int()) } }),
      problem(422, "rejected"),
      storeUnavailable,
      storeFull,
    ],
  },
];
