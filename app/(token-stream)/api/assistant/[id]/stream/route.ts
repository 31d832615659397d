import { eventResponse } from "@/lib/event-response";
import { noContent, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { feedCompletion } from "../../../../completion/feed";
import { findRunning } from "../../../../completion/rows";
import { completionLimits } from "../../../../contract";
import { chatIdOf } from "../../../../conversation";
import { encodeUi, uiHeaders } from "../../../../encode-ui";

// The answer that one's conversation is waiting for; useChat with `resume` asks here.
//   GET → 200: UI message stream v1, from the beginning of the message, on any instance.
//   204 → it is waiting for none.
// Fails with 401, 404 (no id of a conversation), 429 (too many readers).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async GET(request, { params }) {
    const identity = await requireSession(request);
    const running = await findRunning(chatIdOf(await params), identity.userId);
    if (!running) return noContent();

    const response = eventResponse(request, {
      identity,
      kind: "completion",
      limit: completionLimits.readersPerUser,
      lastEvent: false,
      feed: (reader) => feedCompletion(reader, running, 0, encodeUi(running)),
    });
    response.headers.set("content-location", `/api/completions/${running}`);
    for (const [name, value] of Object.entries(uiHeaders)) response.headers.set(name, value);
    return response;
  },
});
