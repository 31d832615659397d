import { ConnectionPanel } from "./connection-panel";
import { EventList } from "./event-list";
import { PublishBox } from "./publish-box";

/** The timeline on the left, the connection that carries it on the right; one under the other on phones. */
export function Stage() {
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_16rem]">
      <div className="rounded-md border border-rule bg-surface">
        <PublishBox />
        <EventList />
      </div>
      <ConnectionPanel />
    </div>
  );
}
