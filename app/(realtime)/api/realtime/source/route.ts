import { readJson } from "@/lib/body";
import { json, route } from "@/lib/http";
import { withRateLimit } from "@/lib/rate-limit/guard";
import { bucketInProcess } from "@/lib/rate-limit/in-process";
import { requireSession } from "@/lib/session/session";
import { realtimeLimits, type SourceState, sourceCommand } from "../../../contract";
import { sources } from "../../../live";

const policy = bucketInProcess("realtime-commands", realtimeLimits.commands);

// The source of the visitor's own stream.
//   POST { action: "start" | "change", rate, payloadBytes } | { action: "stop" } → 200, its state
//   start replaces a source that runs already, on whichever instance; stop may be repeated
// Fails with 400, 401, 403 (foreign origin), 409 (change: none runs), 413, 415, 429, 503 (full).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  POST: withRateLimit(policy, async (request) => {
    const { userId } = await requireSession(request);
    const command = await readJson(request, sourceCommand);

    const { action } = command;
    if (action === "stop") await sources().stop(userId);
    else {
      const { rate, payloadBytes } = command;
      await sources()[action](userId, { rate, payloadBytes });
    }
    const { run: _, ...state } = await sources().state(userId);
    return json(state satisfies SourceState);
  }),
});
