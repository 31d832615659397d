import { Announcer } from "./announcer";
import { Composer } from "./composer";
import { ConnectionPanel } from "./connection-panel";
import { Conversation } from "./conversation";
import { People } from "./people";
import { RoomBar } from "./room-bar";

/** The room on the left, the connection that carries it on the right; one under the other on phones. */
export function Stage({ room }: { room: string }) {
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_16rem]">
      <div className="rounded-md border border-rule bg-surface">
        <RoomBar room={room} />
        <People />
        <Conversation room={room} />
        <Announcer />
        <Composer />
      </div>
      <ConnectionPanel room={room} />
    </div>
  );
}
