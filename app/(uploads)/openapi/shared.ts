import { z } from "zod";
import { retryAfter } from "@/lib/openapi/headers";
import { problem } from "@/lib/openapi/problems";

export const tag = "Uploads";
export const params = z.object({ id: z.string() });

const headers = { "Retry-After": retryAfter };

/** store/ask.ts */
export const storeUnavailable = problem(503, "store-unavailable", { headers });
export const storeFull = problem(507, "store-full", { headers });
/** rows/quota.ts */
export const quotaExceeded = problem(507, "quota-exceeded", {
  members: { usedBytes: z.number(), limitBytes: z.number() },
});
