"use client";

import { useState } from "react";
import { killInstance } from "@/components/instances/kill-instance";
import { useInstances } from "@/components/instances/use-instances";
import { Button } from "@/components/ui/button";
import { detailOf } from "@/components/wire-client";
import { api } from "@/lib/api";
import { useLive, useRoom } from "../room-provider";

/** Enough to pass the bound of a connection that does not read. */
const FLOOD_MESSAGES = 400;

/** Faults to cause: on one's own connection, and in the demo on the instance. */
export function FaultControls({ room }: { room: string }) {
  const live = useLive();
  const { status, instance } = useRoom();
  const { data } = useInstances();
  const [said, setSaid] = useState("");
  const joined = status === "joined";

  const kill = async (name: string) => setSaid(await killInstance(name));

  async function flood(): Promise<void> {
    const request = { params: { path: { room } }, body: { messages: FLOOD_MESSAGES } };
    const answer = await api.POST("/api/chat/rooms/{room}/flood", request).catch(() => null);
    if (!answer) return setSaid("The server does not answer. Try again.");
    const { error, response } = answer;
    if (error) return setSaid(detailOf(error, response.status));
    setSaid(`${FLOOD_MESSAGES} messages of 3,900 characters are in the room.`);
  }

  return (
    <div>
      <h3 className="small-caps text-muted">Break it</h3>
      <div className="mt-1 flex flex-wrap gap-2">
        <Button disabled={!joined} onClick={live?.controls.drop}>
          Drop my connection
        </Button>
        <Button disabled={!joined} onClick={live?.controls.goOffline}>
          Go offline for 10 s
        </Button>
        {status === "not reading" ? (
          <Button onClick={live?.controls.readAgain}>Read again</Button>
        ) : (
          <Button disabled={!joined} onClick={live?.controls.stopReading}>
            Stop reading
          </Button>
        )}
        {data?.controls && (
          <>
            <Button onClick={() => void flood()}>Flood my room</Button>
            <Button
              className="text-bad"
              disabled={!instance}
              onClick={() => instance && void kill(instance)}
            >
              Kill instance {instance}
            </Button>
          </>
        )}
      </div>
      <p role="status" className="mt-1 text-muted empty:hidden">
        {said}
      </p>
    </div>
  );
}
