import { readJson } from "@/lib/body";
import { env } from "@/lib/env";
import { HttpError, json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { plugRequest } from "../../../contract";

const PATIENCE_MS = 1_000;

// Pulls the plug of the embedded Redis: it hangs, refuses connections, or answers 500, for everybody
// and for a while. Only in the demo; elsewhere this address does not exist.
//   POST { fault: "hang" | "refuse" | "error" | null, seconds } → 202; null puts the plug back
// Fails with 400, 401, 403 (foreign origin), 404, 409 (it takes no connections: it comes back itself).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { DEMO_CONTROLS, EMBEDDED_SERVICES, UPSTASH_REDIS_REST_URL: url } = env();
    if (!DEMO_CONTROLS || !url || !EMBEDDED_SERVICES.includes("redis")) throw notFound();
    await requireSession(request);
    const body = await readJson(request, plugRequest);
    const answer = await fetch(new URL("/plug", url), {
      method: "POST",
      headers: { authorization: `Bearer ${env().UPSTASH_REDIS_REST_TOKEN}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => null);
    await answer?.body?.cancel();
    if (!answer?.ok)
      throw new HttpError(
        409,
        "plug-out-of-reach",
        "Redis takes no connection. Wait until it is back.",
      );
    return json(body, { status: 202 });
  },
});
