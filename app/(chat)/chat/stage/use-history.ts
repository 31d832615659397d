"use client";

import { useRef, useState } from "react";
import { api } from "@/lib/api";
import { history } from "../../contract";
import { useLive, useRoom } from "../room-provider";

/** The older messages of a room, a page at a time, along `Link: rel="next"`. */
export function useHistory(room: string) {
  const connection = useLive()?.connection;
  const { messages } = useRoom();
  const [loading, setLoading] = useState(false);
  const busy = useRef(false);
  const first = messages[0]?.seq;
  const [beginning, setBeginning] = useState<number>();
  // Before the room's first message some may have been pruned: then the history says where it begins.
  const more = first !== undefined && first > 1 && first !== beginning;

  async function loadOlder(): Promise<void> {
    if (busy.current || !more) return;
    busy.current = true;
    setLoading(true);
    try {
      const { data, response } = await api.GET("/api/chat/rooms/{room}/messages", {
        params: { path: { room }, query: { before: first, limit: 50 } },
      });
      if (!data) return;
      const { messages: older } = history.parse(data);
      if (!response.headers.get("link")) setBeginning(older.at(-1)?.seq ?? first);
      connection?.prepend(older);
    } finally {
      busy.current = false;
      setLoading(false);
    }
  }

  return { loadOlder, more, loading };
}
