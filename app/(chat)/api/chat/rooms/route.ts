import { readJson } from "@/lib/body";
import { json, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { roomRequest } from "../../../contract";
import { createRoom, listRooms } from "../../../rooms";

// The rooms of chat.
//   GET   → 200: the public rooms, and the private ones that the caller is a member of
//   POST  a public name, or a title for a private one → 201 with Location; 200 if it was there
// Fails with 400, 401, 413, 415, 429 (20 rooms a guest).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const { userId } = await requireSession(request);
    return json({ rooms: await listRooms(userId) });
  },

  async POST(request) {
    const { userId } = await requireSession(request);
    const { room, created } = await createRoom(await readJson(request, roomRequest), userId);
    const location = `/api/chat/rooms/${room.name}/messages`;
    return json(room, { status: created ? 201 : 200, headers: { location } });
  },
});
