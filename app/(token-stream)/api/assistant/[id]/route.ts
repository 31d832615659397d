import { json, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { findRunning } from "../../../completion/rows";
import { chatIdOf, readConversation } from "../../../conversation";

// GET → 200: one's own conversation, for useChat's `messages`; empty where there is none.
// Fails with 401, 404 (no id of a conversation).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async GET(request, { params }) {
    const { userId } = await requireSession(request);
    const id = chatIdOf(await params);
    const messages = await readConversation(userId, id);
    return json({ messages, running: (await findRunning(id, userId)) ?? null });
  },
});
