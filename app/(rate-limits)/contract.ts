import { z } from "zod";
import { wholeNumber } from "@/lib/numbers";
import { lineOfText } from "@/lib/text";

/** What each caller may do here: the session's user, else the address. */
export const rateLimits = {
  /** `GET /api/data`, on each instance. */
  data: { limit: 100, windowMs: 60_000 },
  /** `GET /api/search`, on all of them together. */
  search: { limit: 30, windowMs: 60_000 },
  /** Each algorithm of the playground: small, so that a person sees it fill and drain. */
  playground: { limit: 10, windowMs: 10_000 },
  queryCharacters: 100,
  plugSeconds: 30,
} as const;

/** `GET /api/data` */
export const dataAnswer = z.object({ instance: z.string(), at: z.iso.datetime() });

/** `GET /api/search?q=`: the patterns of this book that have every word. */
export const searchQuery = z.object({ q: lineOfText(rateLimits.queryCharacters) });
export const searchAnswer = z.object({
  q: z.string(),
  results: z.array(z.object({ title: z.string(), sentence: z.string(), page: z.string() })),
});

// The playground.

export const algorithmNames = ["fixed-window", "sliding-window", "token-bucket"] as const;
export const algorithmName = z.enum(algorithmNames);
export type AlgorithmName = z.infer<typeof algorithmName>;

/** Where is counted: in the instance, in Redis, or in Redis by @upstash/ratelimit just as it comes. */
export const store = z.enum(["memory", "redis", "stock"]);
export type Store = z.infer<typeof store>;

/** What is done while Redis does not answer. */
export const whenDown = z.enum(["open", "insured", "closed"]);
export type WhenDown = z.infer<typeof whenDown>;

/** `GET /api/limits/{algorithm}`: 200, 429 `quota-exceeded`, or 503 where `down` is closed. */
export const limitsQuery = z.object({
  store: store.default("redis"),
  /** Units that the request takes. */
  weight: wholeNumber(1, rateLimits.playground.limit).default(1),
  down: whenDown.default("insured"),
});

export const decidedBy = z.enum(["memory", "redis", "insurance", "nobody"]);
/** The algorithm's own fields, by the clock that counts: the instance's, or Redis's. */
const seen = z.object({ now: z.number(), state: z.record(z.string(), z.number()) });
export const limitsAnswer = z.object({
  instance: z.string(),
  decidedBy,
  remaining: z.number().int().nonnegative(),
  /** The state after it; not from an insurance, nor with `store=stock`. */
  seen: seen.optional(),
});

/** Members of the 429's problem, beside those that every problem has. */
export const refusal = z.looseObject({
  "violated-policies": z.array(z.string()),
  /** Retry-After to the millisecond. */
  retryAfterMs: z.number().int().nonnegative(),
  decidedBy,
  seen: seen.optional(),
  /** With `store=stock`: what would have been needed, from the library's own counters. */
  neededMs: z.number().int().optional(),
});

/** `GET /api/limits/{algorithm}/state`: looks, and spends nothing. */
export const stateQuery = z.object({ store: z.enum(["memory", "redis"]).default("redis") });
export const limitState = seen.extend({
  instance: z.string(),
  limit: z.number().int(),
  windowMs: z.number().int(),
  remaining: z.number().int(),
});
export type LimitState = z.infer<typeof limitState>;

/** `POST /api/limits/plug`: makes the embedded Redis fail for a while, or puts the plug back. */
export const fault = z.enum(["hang", "refuse", "error"]);
export type Fault = z.infer<typeof fault>;
export const plugRequest = z.strictObject({
  fault: fault.nullable(),
  seconds: z.number().min(1).max(rateLimits.plugSeconds).default(20),
});
