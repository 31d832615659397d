import { z } from "zod";
import { json } from "@/lib/openapi/content";
import { etag, ifNoneMatchHeader, link } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";

const headers = { ETag: etag, Link: link };

export const operations: Operation[] = [
  {
    method: "get",
    path: "/api/openapi.json",
    operationId: "readOpenApi",
    tag: "Deployment",
    summary: "Read this document",
    description: "OpenAPI 3.1, made of the contracts that the handlers parse with. For anyone.",
    session: "none",
    headers: z.object({ "If-None-Match": ifNoneMatchHeader }),
    answers: {
      200: {
        description: "The document.",
        headers,
        content: json(z.looseObject({ openapi: z.string() })),
      },
      304: { description: "The one you have still holds.", headers },
    },
    problems: [],
  },
];
