import { z } from "zod";
import { bytes, form, json } from "@/lib/openapi/content";
import { location, retryAfter } from "@/lib/openapi/headers";
import type { Answer, Operation } from "@/lib/openapi/operation";
import { invalidParameter, notFound, notWhole, problem, tooLarge } from "@/lib/openapi/problems";
import { streamQuery, upload } from "../contract";
import { quotaExceeded, storeFull, storeUnavailable, tag } from "./shared";

const stored: Record<number, Answer> = {
  201: { description: "Stored.", headers: { Location: location }, content: json(upload) },
};
const digest = z.string().optional().meta({ description: "RFC 9530: `sha-256=:…:`, verified." });
const headers = { "Retry-After": retryAfter };

/** receive/body.ts and what every way of storing may meet. */
const received = [
  ...notWhole,
  problem(400, "incomplete-body"),
  problem(408, "request-timeout"),
  tooLarge,
  storeUnavailable,
  storeFull,
  ...quotaExceeded,
];
/** receive/form.ts */
const unreadable = [
  problem(400, "no-file"),
  problem(400, "too-many-parts"),
  problem(400, "malformed-form"),
];
const unsupported = problem(415, "unsupported-media-type", { headers: { Accept: z.string() } });
/** receive/slots.ts */
const limited = [problem(429, "too-many-streams", { headers }), problem(503, "busy", { headers })];
/** And an upload that was deleted while it was under way */
const streamed = [problem(409, "given-up"), ...limited];

export const operations: Operation[] = [
  {
    method: "post",
    path: "/api/uploads/simple",
    operationId: "uploadSimply",
    tag,
    summary: "Upload a small file whole",
    description: "At most 5 MiB. Its type is what its bytes are, from a list of accepted ones.",
    session: "required",
    body: form(),
    answers: stored,
    problems: [
      ...received,
      ...limited,
      ...unreadable,
      notFound,
      unsupported,
      problem(415, "type-not-accepted", {
        headers: { Accept: z.string() },
        members: { accepted: z.array(z.string()) },
      }),
      problem(415, "type-mismatch"),
    ],
  },
  {
    method: "put",
    path: "/api/uploads/streaming",
    operationId: "uploadStream",
    tag,
    summary: "Upload a large file as the body",
    description: "Up to 5 GiB, in constant memory. Nothing is stored unless all of it is.",
    session: "required",
    query: streamQuery,
    headers: z.object({ "Content-Digest": digest, "Repr-Digest": digest }),
    body: { "application/octet-stream": { schema: bytes } },
    answers: stored,
    problems: [
      ...received,
      ...streamed,
      invalidParameter,
      problem(400, "invalid-digest"),
      problem(400, "digest-mismatch", {
        members: { algorithm: z.string(), received: z.string().optional() },
      }),
    ],
  },
  {
    method: "post",
    path: "/api/uploads/streaming",
    operationId: "uploadStreamForm",
    tag,
    summary: "Upload a large file as a form",
    description: "Up to 5 GiB, in constant memory. Nothing is stored unless all of it is.",
    session: "required",
    body: form(),
    answers: stored,
    problems: [...received, ...streamed, ...unreadable, unsupported],
  },
];
