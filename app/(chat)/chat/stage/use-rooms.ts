import { useCallback, useEffect, useState } from "react";
import { api } from "@/lib/api";
import { type Room, roomList } from "../../contract";

interface Rooms {
  /** Those that are always listed, the user's own among them. */
  pinned: Room[];
  /** The pages of the others that were asked for so far, the newest room first. */
  others: Room[];
  /** Where the next page begins; undefined where there is none. */
  next: number | undefined;
}

const none: Rooms = { pinned: [], others: [], next: undefined };

/** The rooms that this user can enter, page by page. Read again for another user. */
export function useRooms(userId: string | undefined) {
  const [rooms, setRooms] = useState(none);
  const [problem, setProblem] = useState("");

  const read = useCallback(async (before?: number) => {
    const { data, response } = await api.GET("/api/chat/rooms", {
      params: { query: { before, limit: 50 } },
    });
    const page = roomList.parse(data);
    const next = /[?&]before=(\d+)/.exec(response.headers.get("link") ?? "")?.[1];
    const isPinned = new Set(page.pinned.map(({ name }) => name));
    const others = page.rooms.filter(({ name }) => !isPinned.has(name));
    setRooms((known) => ({
      pinned: page.pinned,
      others: before === undefined ? others : [...known.others, ...others],
      next: next === undefined ? undefined : Number(next),
    }));
  }, []);
  const failed = useCallback(() => setProblem("The rooms could not be read. Reload the page."), []);

  useEffect(() => {
    if (userId) read().catch(failed);
  }, [userId, read, failed]);

  return { ...rooms, problem, loadMore: () => void read(rooms.next).catch(failed) };
}
