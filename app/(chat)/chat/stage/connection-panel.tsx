"use client";

import { StatusDot } from "@/components/ui/status-dot";
import { useRoom } from "../room-provider";
import { FaultControls } from "./fault-controls";
import { Guest } from "./guest";
import { OtherInstances } from "./other-instances";

const tones = {
  joined: "good",
  connecting: "warn",
  away: "warn",
  offline: "bad",
  "not reading": "bad",
  "logged out": "bad",
} as const;

/** The state of the connection, and what can be done to it. */
export function ConnectionPanel({ room }: { room: string }) {
  const { status, lastBye, problem } = useRoom();
  return (
    <aside aria-label="Connection" className="space-y-5 text-[0.8125rem]">
      <div>
        <h3 className="small-caps text-muted">Connection</h3>
        <p role="status" className="mt-1">
          <StatusDot tone={tones[status]}>{status}</StatusDot>
        </p>
        {lastBye && <p className="mt-1 text-muted">The server last closed it: {lastBye}.</p>}
        {problem && <p className="mt-1 text-bad">{problem}</p>}
      </div>
      <Guest />
      <FaultControls room={room} />
      <OtherInstances room={room} />
    </aside>
  );
}
