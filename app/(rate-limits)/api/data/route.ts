import { env } from "@/lib/env";
import { json, route } from "@/lib/http";
import { withRateLimit } from "@/lib/rate-limit/guard";
import { dataPolicy } from "../../policies";

// The quick way: 100 a minute, counted in this process.
//   GET → 200 { instance, at } with RateLimit-Policy and RateLimit
// Fails with 429 `quota-exceeded` and Retry-After.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: withRateLimit(dataPolicy, () =>
    json({ instance: env().INSTANCE_NAME, at: new Date().toISOString() }),
  ),
});
