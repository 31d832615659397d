import { readJson } from "@/lib/body";
import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { countForAddress } from "@/lib/rate-limit/guard";
import { requireSession } from "@/lib/session/session";
import { chatLimits, roomRequest, roomsQuery } from "../../../contract";
import { createRoom, listRooms, pinnedRooms } from "../../../rooms";

// The rooms of chat.
//   GET ?before=&limit= → 200: `pinned`, the rooms that the caller always sees, their own among them;
//   and `rooms`, a page of all that they can read, the newest first. Link rel="next" leads to the older
//   ones, and is missing where there are none.
//   POST  a public name, or a title for a private one → 201 with Location; 200 if it was there
// Fails with 400, 401, 413, 415, 429 (20 rooms a guest, or too many made
// from one address).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const { userId } = await requireSession(request);
    const { before, limit } = readQuery(request, roomsQuery);
    const [pinned, { rooms, next }] = await Promise.all([
      pinnedRooms(userId),
      listRooms(userId, before, limit),
    ]);
    const headers = new Headers();
    if (next !== undefined)
      headers.set("link", `</api/chat/rooms?before=${next}&limit=${limit}>; rel="next"`);
    return json({ pinned, rooms }, { headers });
  },

  async POST(request) {
    const { userId } = await requireSession(request);
    const wanted = await readJson(request, roomRequest);
    await countForAddress(request, chatLimits.roomsMade);
    const { room, created } = await createRoom(wanted, userId);
    const location = `/api/chat/rooms/${room.name}/messages`;
    return json(room, { status: created ? 201 : 200, headers: { location } });
  },
});
