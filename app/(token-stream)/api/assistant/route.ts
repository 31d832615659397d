import { readJson } from "@/lib/body";
import { eventResponse } from "@/lib/event-response";
import { route } from "@/lib/http";
import { addressDigest } from "@/lib/rate-limit/caller";
import { requireSession } from "@/lib/session/session";
import { createCompletion } from "../../completion/create";
import { feedCompletion } from "../../completion/feed";
import { assistantRequest, completionLimits } from "../../contract";
import { lastOf, say } from "../../conversation";
import { encodeUi, uiHeaders } from "../../encode-ui";

/** useChat sends the conversation along, though only its last message counts. */
const MAX_BYTES = 1024 * 1024;

// Says something in a conversation; the AI SDK's useChat posts here.
//   POST { id, messages } → 200: the answer as UI message stream v1. Content-Location is the
//   completion. The user's message is stored before, the answer at its end or stop.
// Fails with 400 (also for a role other than user), 401, 409 (still answering), 413, 415, 429, 503.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const identity = await requireSession(request);
    const asked = await readJson(request, assistantRequest, MAX_BYTES);
    const message = lastOf(asked);

    const { userId } = identity;
    const { id } = await createCompletion({
      userId,
      address: addressDigest(request),
      chatId: asked.id,
      messages: (client) => say(client, userId, asked.id, message),
    });
    const response = eventResponse(request, {
      identity,
      kind: "completion",
      limit: completionLimits.readersPerUser,
      lastEvent: false,
      feed: (reader) => feedCompletion(reader, id, 0, encodeUi(id)),
    });
    response.headers.set("content-location", `/api/completions/${id}`);
    for (const [name, value] of Object.entries(uiHeaders)) response.headers.set(name, value);
    return response;
  },
});
