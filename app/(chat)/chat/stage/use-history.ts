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
  const more = first !== undefined && first > 1;

  async function loadOlder(): Promise<void> {
    if (busy.current || !more) return;
    busy.current = true;
    setLoading(true);
    try {
      const { data } = await api.GET("/api/chat/rooms/{room}/messages", {
        params: { path: { room }, query: { before: first, limit: 50 } },
      });
      if (data) connection?.prepend(history.parse(data).messages);
    } finally {
      busy.current = false;
      setLoading(false);
    }
  }

  return { loadOlder, more, loading };
}
