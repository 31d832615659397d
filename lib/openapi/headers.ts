import { z } from "zod";

/** Every answer of ours has these. */
export const commonHeaders = {
  "Cache-Control": z.string().meta({
    header: {
      id: "Cache-Control",
      description: "Who may store the answer. Mostly nobody: it depends on who asks.",
    },
  }),
  "X-Request-Id": z.string().meta({
    header: {
      id: "X-Request-Id",
      description: "Names the request in the log. One that you send is kept.",
    },
  }),
  "X-Lane": z.enum(["direct", "next"]).meta({
    header: {
      id: "X-Lane",
      description: "Who called the handler: the HTTP server itself, or Next.",
    },
  }),
};

/** Whole seconds (RFC 9110, 10.2.3). */
export const retryAfter = z
  .string()
  .regex(/^\d+$/)
  .meta({
    header: { id: "Retry-After", description: "Seconds after which to try again." },
  });

/** draft-ietf-httpapi-ratelimit-headers: the quota, and what is left of it. */
export const rateLimitHeaders = {
  "RateLimit-Policy": z.string().meta({
    header: { id: "RateLimit-Policy", description: "The quota: `q` units in `w` seconds." },
  }),
  RateLimit: z.string().meta({
    header: {
      id: "RateLimit",
      description: "What is left: `r` units; all of them in `t` seconds.",
    },
  }),
};

export const location = z.string().meta({
  header: { id: "Location", description: "The address of what was made." },
});

export const link = z.string().meta({
  header: { id: "Link", description: "Other pages of the same list, by relation (RFC 8288)." },
});

export const contentLocation = z.string().meta({
  header: { id: "Content-Location", description: "The address of what the answer shows." },
});

/** What lib/etag.ts reads. */
export const ifNoneMatchHeader = z.string().optional().meta({
  description: "ETags that you have: where one still holds, the answer is 304.",
});
export const etag = z.string().meta({
  header: { id: "ETag", description: "Names the bytes: ask again with If-None-Match." },
});

/** What lib/idempotency-key.ts reads. */
export const idempotencyKeyHeader = z.string().min(1).max(128).optional().meta({
  description: "A request that is repeated with the same key is done once, and answered alike.",
});
export const idempotentReplayed = z
  .literal("true")
  .optional()
  .meta({
    header: {
      id: "Idempotent-Replayed",
      description: "The answer is that of an earlier request with the same key.",
    },
  });

/** What lib/sse.ts reads. */
export const lastEventIdHeader = z
  .string()
  .regex(/^(\d{1,16})?$/)
  .optional()
  .meta({ description: "The id of the last event that you have: the stream goes on after it." });
