import type { z } from "zod";
import type { ProblemType } from "./problems";

/** What a body or an answer holds, by its media type. */
export type Content = Record<string, MediaType>;

export interface MediaType {
  schema: z.ZodType;
  /** Of an event stream: the JSON in `data`, for each name of `event`. */
  events?: Record<string, z.ZodType>;
}

/** What an operation answers with one status, where it is no problem. */
export interface Answer {
  description: string;
  /** Beside Cache-Control and X-Request-Id, which every answer has. */
  headers?: z.ZodRawShape;
  content?: Content;
}

/**
 * One operation of the API, as it stands in the OpenAPI document. Each slice lists its own in
 * `openapi.ts`, out of its contract: what is written here twice is a defect.
 *
 * The assembler adds what follows from the rest: 401 where a session is required, 403 for what a
 * foreign page sends, 429 where requests are counted, and the 500 and 503 that may happen anywhere.
 * HEAD follows from GET.
 */
export interface Operation {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** As the route's folders, with `{name}` for `[name]`. */
  path: `/api/${string}`;
  /** A verb and what it is about, camelCase, one of a kind in the whole document. */
  operationId: string;
  /** The title of the pattern. */
  tag: string;
  /** What it does, in a few words, without a full stop. */
  summary: string;
  /** What one should know before calling it, in whole sentences. Markdown. */
  description: string;
  session: "required" | "optional" | "none";
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: Content;
  /** By status. */
  answers: Record<number, Answer>;
  problems: readonly ProblemType[];
  /** Headers that any of its problems may have, those of the shared parts included; what they are called. */
  problemHeaders?: { name: string; headers: z.ZodRawShape };
  /** withRateLimit() counts it: its answers say what is left, and it may answer 429. */
  counted?: true;
}
