import { z } from "zod";
import { bytes, json } from "@/lib/openapi/content";
import { etag, ifNoneMatchHeader } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import { invalidCursor, invalidParameter, notFound, problem } from "@/lib/openapi/problems";
import { binaryTypes, listQuery, memory, textTypes, upload, uploadList } from "../contract";
import { params, storeUnavailable, tag } from "./shared";

const served = [...binaryTypes, ...textTypes, "application/octet-stream"];
const content = Object.fromEntries(served.map((type) => [type, { schema: bytes }]));
const ofFile = {
  ETag: etag,
  "Accept-Ranges": z.literal("bytes"),
  "Content-Disposition": z.string(),
  "Repr-Digest": z.string().optional().meta({ description: "RFC 9530: the file's SHA-256." }),
};
const contentRange = z.string().meta({ description: "RFC 9110, 14.4." });

export const schemas = { Upload: upload };

export const operations: Operation[] = [
  {
    method: "get",
    path: "/api/uploads",
    operationId: "listUploads",
    tag,
    summary: "List one's uploads",
    description: "The newest first, and what is used of the quota.",
    session: "required",
    query: listQuery,
    answers: { 200: { description: "A page.", content: json(uploadList) } },
    problems: [invalidParameter, invalidCursor],
  },
  {
    method: "get",
    path: "/api/uploads/{id}",
    operationId: "readUpload",
    tag,
    summary: "Read an upload's state",
    description: "Of one's own upload.",
    session: "required",
    params,
    answers: { 200: { description: "As it is now.", content: json(upload) } },
    problems: [notFound],
  },
  {
    method: "delete",
    path: "/api/uploads/{id}",
    operationId: "deleteUpload",
    tag,
    summary: "Delete an upload",
    description:
      "Its object, or the parts of it that were sent. This is also how an upload that is under way is aborted.",
    session: "required",
    params,
    answers: { 204: { description: "It is gone." } },
    problems: [notFound, storeUnavailable],
  },
  {
    method: "get",
    path: "/api/uploads/{id}/content",
    operationId: "downloadUpload",
    tag,
    summary: "Download an upload",
    description:
      "The bytes, from the store through here, as they come. Always an attachment, never sniffed, in a sandbox.",
    session: "required",
    params,
    headers: z.object({
      Range: z.string().optional().meta({ description: "One range of bytes: `bytes=0-1023`." }),
      "If-Range": z.string().optional().meta({ description: "An ETag: another has no range." }),
      "If-None-Match": ifNoneMatchHeader,
    }),
    answers: {
      200: { description: "The file.", headers: ofFile, content },
      206: {
        description: "The range.",
        headers: { ...ofFile, "Content-Range": contentRange },
        content,
      },
      304: { description: "The one you have still holds.", headers: ofFile },
    },
    problems: [
      notFound,
      problem(409, "not-stored"),
      problem(410, "gone"),
      problem(416, "range-not-satisfiable", {
        headers: { "Content-Range": contentRange, "Accept-Ranges": z.literal("bytes") },
      }),
      storeUnavailable,
    ],
  },
  {
    method: "get",
    path: "/api/uploads/memory",
    operationId: "readMemory",
    tag,
    summary: "Read the memory of an instance",
    description: "Of the process that answers, and how many uploads it is streaming. For anyone.",
    session: "none",
    answers: { 200: { description: "The figures.", content: json(memory) } },
    problems: [],
  },
];
