import { readJson } from "@/lib/body";
import { eventResponse } from "@/lib/event-response";
import { route } from "@/lib/http";
import { addressDigest } from "@/lib/rate-limit/caller";
import { requireSession } from "@/lib/session/session";
import { createCompletion } from "../../completion/create";
import { feedCompletion } from "../../completion/feed";
import { completionLimits, completionRequest } from "../../contract";
import { encodeRaw } from "../../encode-raw";

// Asks the model.
//   POST { prompt } → 200 text/event-stream: `data: {"token": …}` frames with an id each, then
//   `finish` (or `error`), then `data: [DONE]`. Content-Location is the completion: it is made
//   whether this response is read or not, and its /stream goes on where a reader was cut off.
// Fails with 400, 401, 413, 415, 429 (3 running, or the day's tokens are spent, of
// the user's or of the address's), 503 (no model; this instance makes all it can).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const identity = await requireSession(request);
    const { prompt } = await readJson(request, completionRequest);

    const { id } = await createCompletion({
      userId: identity.userId,
      address: addressDigest(request),
      chatId: null,
      messages: [{ role: "user", content: prompt }],
    });
    const response = eventResponse(request, {
      identity,
      kind: "completion",
      limit: completionLimits.readersPerUser,
      feed: (reader) => feedCompletion(reader, id, 0, encodeRaw),
    });
    response.headers.set("content-location", `/api/completions/${id}`);
    return response;
  },
});
