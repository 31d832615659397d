import { json, route } from "@/lib/http";
import { log } from "@/lib/log";
import { readQuery } from "@/lib/query";
import { requireSession } from "@/lib/session/session";
import { historyQuery } from "../../../../../contract";
import { streamOf, toMessage } from "../../../../../messages";
import { openRoom } from "../../../../../rooms";

// The history of a room.
//   GET ?before=&limit= → 200: the messages before a sequence number (without one: the last),
//   newest first; Link rel="next" leads to the older ones, and is missing at the beginning.
// Fails with 400 (naming the parameter), 401, 404 (no such room, or not the caller's).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ room: string }>({
  async GET(request, { params }) {
    const { userId } = await requireSession(request);
    const { before = Number.MAX_SAFE_INTEGER, limit } = readQuery(request, historyQuery);
    const { name } = await openRoom((await params).room, userId);

    const { entries, floor } = await log().readBefore(streamOf(name), before, limit);
    const messages = entries.map(toMessage).reverse();
    const oldest = messages.at(-1)?.seq ?? 0;
    const headers = new Headers();
    if (oldest > floor + 1) {
      const next = `/api/chat/rooms/${name}/messages?before=${oldest}&limit=${limit}`;
      headers.set("link", `<${next}>; rel="next"`);
    }
    return json({ messages }, { headers });
  },
});
