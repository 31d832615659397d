import { withCors } from "@/lib/cors";
import { env } from "@/lib/env";
import { HttpError, json, notFound, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { callerOf } from "@/lib/rate-limit/caller";
import { sharedBreaker } from "@/lib/rate-limit/shared";
import { algorithmName, type LimitState, rateLimits, stateQuery } from "../../../../contract";
import { inProcess, inRedis } from "../../../../policies";

// What an algorithm has counted of the caller, to be drawn.
//   GET ?store=memory|redis → 200 { instance, now, limit, windowMs, remaining, state }; costs nothing
// Fails with 400, 404 (no such algorithm), 503 (Redis does not answer).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ algorithm: string }>({
  GET: withCors(async (request, { params }) => {
    const algorithm = algorithmName.safeParse((await params).algorithm);
    if (!algorithm.success) throw notFound("There is no such algorithm.");
    const { store } = readQuery(request, stateQuery);
    const caller = await callerOf(request);
    const body: LimitState = {
      instance: env().INSTANCE_NAME,
      ...rateLimits.playground,
      ...(store === "memory"
        ? await inProcess(algorithm.data).peek(caller)
        : await sharedBreaker()
            .run(() => inRedis(algorithm.data).peek(caller))
            .catch(unavailable)),
    };
    return json(body);
  }),
});

function unavailable(): never {
  throw new HttpError(503, "limiter-unavailable", "Redis does not answer. Try again shortly.", {
    headers: { "retry-after": "2" },
  });
}
