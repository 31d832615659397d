import { randomUUID } from "node:crypto";
import { readJson } from "@/lib/body";
import { env } from "@/lib/env";
import { json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { chatLimits, floodRequest } from "../../../../../contract";
import { storeMessage } from "../../../../../messages";
import { ownRoom } from "../../../../../rooms";

const filler = "The flood rises. ".repeat(chatLimits.messageCharacters / 10);

// Real messages, faster than anyone may send them, to see what becomes of a reader that stops.
//   POST { messages, characters? } → 201 with the last seq. Only in the demo, and only into one's own room.
// Fails with 400, 401, 404, 413, 415.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ room: string }>({
  async POST(request, { params }) {
    if (!env().DEMO_CONTROLS) throw notFound();
    const { userId, name } = await requireSession(request);
    const { messages, characters } = await readJson(request, floodRequest);
    const room = await ownRoom((await params).room, userId);
    const sending = Array.from({ length: messages }, (_, n) =>
      storeMessage(
        room.name,
        { userId, name },
        randomUUID(),
        `${n + 1} ${filler.slice(0, characters)}`,
      ),
    );
    const stored = await Promise.all(sending);
    return json({ seq: stored.at(-1)?.seq }, { status: 201 });
  },
});
