"use client";

import { useState } from "react";
import { useInstances } from "@/components/instances/use-instances";
import { Button } from "@/components/ui/button";
import { problemSchema } from "@/lib/problem";
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

  async function post(path: string, body: object, done: string): Promise<void> {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }).catch(() => null);
    if (!response || response.ok) return setSaid(done);
    setSaid(problemSchema.parse(await response.json()).detail ?? "It was refused.");
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
            <Button
              onClick={() =>
                post(
                  `/api/chat/rooms/${room}/flood`,
                  { messages: FLOOD_MESSAGES },
                  `${FLOOD_MESSAGES} messages of 3,900 characters are in the room.`,
                )
              }
            >
              Flood my room
            </Button>
            <Button
              className="text-bad"
              disabled={!instance}
              onClick={() =>
                post(`/api/instances/${instance}/kill`, {}, `SIGKILL was sent to ${instance}.`)
              }
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
