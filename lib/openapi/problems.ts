import { z } from "zod";
import { rateLimitHeaders, retryAfter } from "./headers";

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

/** The database has no room left: lib/db/refusal.ts. */
export const databaseFull = problem(507, "database-full", {
  headers: { "Retry-After": retryAfter },
});

/** readQuery() */
export const invalidParameter = problem(400, "invalid-parameter", { members: { errors } });
/** What reads a cursor that is none of its own. */
export const invalidCursor = problem(400, "invalid-cursor", {
  members: { errors: errors.optional() },
});
/** readText(), and whatever else has a limit in bytes. */
export const tooLarge = problem(413, "too-large", {
  members: { maxBytes: z.number().int().optional() },
});
/** readText(), and what reads JSON with a schema. */
export const invalidBody = problem(400, "invalid-body", {
  members: { errors: errors.optional() },
});
/** assertWholeContent() */
export const notWhole: readonly ProblemType[] = [
  problem(400, "partial-content"),
  problem(415, "unsupported-content-encoding", { headers: { "Accept-Encoding": z.string() } }),
];
/** readJson() */
export const invalidJson: readonly ProblemType[] = [
  ...notWhole,
  problem(400, "invalid-json"),
  invalidBody,
  tooLarge,
  problem(415, "unsupported-media-type", { headers: { Accept: z.string() } }),
];
/** idempotencyKey() */
export const invalidIdempotencyKey = problem(400, "invalid-idempotency-key");
export const idempotencyKeyReused = problem(422, "idempotency-key-reused");
/** withRateLimit(). The type is that of draft-ietf-httpapi-ratelimit-headers, section 5. */
export const quotaExceeded = problem(429, "quota-exceeded", {
  type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
  headers: { ...rateLimitHeaders, "Retry-After": retryAfter },
  members: {
    "violated-policies": z.array(z.string()),
    retryAfterMs: z.number().int().nonnegative(),
    decidedBy: z.string(),
  },
});
/** parseLastEventId() */
export const invalidLastEventId = problem(400, "invalid-last-event-id");
/** eventResponse() */
export const tooManyStreams = problem(429, "too-many-streams", {
  headers: { "Retry-After": retryAfter },
});
