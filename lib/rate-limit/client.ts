import { Redis } from "@upstash/redis";
import { env } from "../env";
import { remember } from "../remember";
import { patienceOf } from "./patience";

/** How long one request to the shared counters may take. */
export const DEADLINE_MS = 400;

/** A client of the Redis that all instances share. It gives up at the deadline, and tries once. */
export function createClient(url: string, token: string, deadlineMs = DEADLINE_MS): Redis {
  return new Redis({
    url,
    token,
    retry: false,
    enableTelemetry: false,
    // A function: of a bare signal the client makes an answer that looks like a result.
    signal: () => patienceOf(deadlineMs),
  });
}

/** The client of this process. @throws Error where the environment names no Redis */
export const sharedRedis = (): Redis =>
  remember("rate-limit-redis", () => {
    const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env();
    if (!url || !token) throw new Error("UPSTASH_REDIS_REST_URL or its token is not set");
    return createClient(url, token);
  });
