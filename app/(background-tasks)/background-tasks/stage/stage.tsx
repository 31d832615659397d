import { AfterLane } from "./after-lane";
import { Comparison } from "./comparison";
import { DeliverLane } from "./deliver-lane";
import { DigestLane } from "./digest-lane";
import { ImportLane } from "./import-lane";
import { SidePanel } from "./side-panel";

/** The rows of the cheat sheet, each with a lane to try it; what can be broken at the side. */
export function Stage() {
  return (
    <div className="space-y-6">
      <Comparison />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_16rem]">
        <div className="grid min-w-0 items-start gap-4 md:grid-cols-2">
          <AfterLane />
          <ImportLane />
          <DigestLane />
          <DeliverLane />
        </div>
        <SidePanel />
      </div>
    </div>
  );
}
