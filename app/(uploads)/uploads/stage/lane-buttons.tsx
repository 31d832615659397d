"use client";

import { Button } from "@/components/ui/button";
import type { Lane, LaneView } from "../client/lane";

const busy = new Set(["preparing", "sending", "finishing"]);

/** What can be done with a lane now. One request cannot be paused: only parts can. */
export function LaneButtons(props: { title: string; view: LaneView; lane: Lane | undefined }) {
  const { title, lane } = props;
  const { status } = props.view;
  if (!lane) return null;
  const under = busy.has(status);
  const name = (what: string) => ({ "aria-label": `${what}: ${title}` });
  return (
    <div className="flex min-h-8 flex-wrap gap-2">
      {under && lane.resumable && (
        <Button {...name("Pause")} onClick={lane.pause}>
          Pause
        </Button>
      )}
      {status === "paused" && (
        <Button look="solid" {...name("Resume")} onClick={lane.again}>
          Resume
        </Button>
      )}
      {(under || status === "paused") && (
        <Button {...name("Cancel")} onClick={() => void lane.cancel()}>
          Cancel
        </Button>
      )}
      {((status === "failed" && props.view.mayPass) || status === "cancelled") && (
        <Button {...name("Retry")} onClick={lane.again}>
          Retry
        </Button>
      )}
    </div>
  );
}
