import { withCors } from "@/lib/cors";
import { env } from "@/lib/env";
import { json, notFound, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { withRateLimit } from "@/lib/rate-limit/guard";
import { algorithmName, limitsQuery } from "../../../contract";
import { playgroundPolicy } from "../../../policies";

type Params = { algorithm: string };

// The playground: does nothing but count, 10 units in 10 s.
//   GET ?store=memory|redis|stock&weight=&down=open|insured|closed
//     → 200 { instance, decidedBy, remaining, seen } with RateLimit-Policy and RateLimit
// Fails with 400, 404 (no such algorithm), 429 `quota-exceeded` with retryAfterMs, and, where `down`
// is closed and Redis does not answer, 503. Pages of the other instances may read it (CORS).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<Params>({
  GET: withCors(
    withRateLimit<Params>(
      (request, params) => {
        const algorithm = algorithmName.safeParse(params.algorithm);
        if (!algorithm.success) throw notFound("There is no such algorithm.");
        const { store, weight, down } = readQuery(request, limitsQuery);
        return { policy: playgroundPolicy(algorithm.data, store, down), cost: weight };
      },
      (_request, { decision: { decidedBy, remaining, seen } }) =>
        json({ instance: env().INSTANCE_NAME, decidedBy, remaining, seen }),
    ),
  ),
});
