import { readJson } from "@/lib/body";
import { HttpError, json, route } from "@/lib/http";
import { remember } from "@/lib/remember";
import { requireSession } from "@/lib/session/session";
import { realtimeLimits, type SourceState, sourceCommand } from "../../../contract";
import { sources } from "../../../live";
import { createCommandLimit } from "../../../source/command-limit";

const limit = () => remember("realtime-commands", createCommandLimit);

// The source of the visitor's own stream.
//   POST { action: "start" | "change", rate, payloadBytes } | { action: "stop" } → 200, its state
//   start replaces a source that runs already, on whichever instance; stop may be repeated
// Fails with 400, 401, 403 (foreign origin), 409 (change: none runs), 413, 415, 429, 503 (full).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { userId } = await requireSession(request);
    const command = await readJson(request, sourceCommand);
    const verdict = limit().take(userId);
    if (!verdict.ok) throw tooFast(verdict.waitMs);

    const { action } = command;
    if (action === "stop") await sources().stop(userId);
    else {
      const { rate, payloadBytes } = command;
      await sources()[action](userId, { rate, payloadBytes });
    }
    const { run: _, ...state } = await sources().state(userId);
    return json(state satisfies SourceState);
  },
});

function tooFast(waitMs: number): HttpError {
  const { commandsPerSecond, commandBurst } = realtimeLimits;
  const detail = `At most ${commandsPerSecond} commands a second, ${commandBurst} at once.`;
  const headers = { "retry-after": String(Math.ceil(waitMs / 1_000)) };
  return new HttpError(429, "too-fast", detail, { headers });
}
