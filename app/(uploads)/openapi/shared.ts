import { z } from "zod";
import { retryAfter } from "@/lib/openapi/headers";
import { problem } from "@/lib/openapi/problems";

export const tag = "Uploads";
export const params = z.object({ id: z.string() });

const headers = { "Retry-After": retryAfter };

/** store/ask.ts */
export const storeUnavailable = problem(503, "store-unavailable", { headers });
export const storeFull = problem(507, "store-full", { headers });
/** rows/quota.ts: of the user, of everybody at the address, of all. */
const members = { usedBytes: z.number(), limitBytes: z.number() };
export const quotaExceeded = [
  problem(507, "quota-exceeded", { members }),
  problem(507, "address-quota-exceeded", { members }),
  problem(507, "total-quota-exceeded", { members }),
];
