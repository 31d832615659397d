"use client";

import { useRef, useState } from "react";
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
      const response = await fetch(`/api/chat/rooms/${room}/messages?before=${first}&limit=50`);
      if (response.ok) connection?.prepend(history.parse(await response.json()).messages);
    } finally {
      busy.current = false;
      setLoading(false);
    }
  }

  return { loadOlder, more, loading };
}
