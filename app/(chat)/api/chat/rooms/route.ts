import { readJson } from "@/lib/body";
import { json, route } from "@/lib/http";
import { countForAddress } from "@/lib/rate-limit/guard";
import { requireSession } from "@/lib/session/session";
import { chatLimits, roomRequest } from "../../../contract";
import { createRoom, listRooms } from "../../../rooms";

// The rooms of chat.
//   GET   → 200: the public rooms, and the private ones that the caller is a member of
//   POST  a public name, or a title for a private one → 201 with Location; 200 if it was there
// Fails with 400, 401, 413, 415, 429 (20 rooms a guest, or too many made
// from one address).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const { userId } = await requireSession(request);
    return json({ rooms: await listRooms(userId) });
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
