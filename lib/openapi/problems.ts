import { z } from "zod";
import { retryAfter } from "./headers";

/** A kind of problem that an operation can answer: RFC 9457, `type` is /problems/<slug>. */
export interface ProblemType {
  status: number;
  slug: string;
  /** Where the type is not one of ours. */
  type?: string;
  /** Headers and members beside those that every problem has. */
  headers?: z.ZodRawShape;
  members?: z.ZodRawShape;
}

type More = Omit<ProblemType, "status" | "slug">;

export const problem = (status: number, slug: string, more: More = {}): ProblemType => ({
  status,
  slug,
  ...more,
});

/** Which fields are wrong, and what is wrong with each. */
const errors = z.array(z.object({ field: z.string(), message: z.string() }));

// Those that the shared parts of lib/ throw.

export const unauthorized = problem(401, "unauthorized", {
  headers: { "WWW-Authenticate": z.string() },
});
export const foreignOrigin = problem(403, "foreign-origin");
export const notFound = problem(404, "not-found");
export const internalError = problem(500, "internal-error");
export const unavailable = problem(503, "unavailable", { headers: { "Retry-After": retryAfter } });

/** readQuery() */
export const invalidParameter = problem(400, "invalid-parameter", { members: { errors } });
/** readText() */
export const tooLarge = problem(413, "too-large");
/** readJson() */
export const invalidJson: readonly ProblemType[] = [
  problem(400, "invalid-json"),
  problem(400, "invalid-body", { members: { errors: errors.optional() } }),
  tooLarge,
  problem(415, "unsupported-media-type", { headers: { Accept: z.string() } }),
];
/** idempotencyKey() */
export const invalidIdempotencyKey = problem(400, "invalid-idempotency-key");
/** parseLastEventId() */
export const invalidLastEventId = problem(400, "invalid-last-event-id");
/** eventResponse() */
export const tooManyStreams = problem(429, "too-many-streams", {
  headers: { "Retry-After": retryAfter },
});
