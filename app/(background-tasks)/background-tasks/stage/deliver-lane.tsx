"use client";

import { useLive } from "../board-provider";
import { FaultFields, faultsOf } from "./fault-fields";
import { JobList } from "./job-list";
import { Lane } from "./lane";

/** Dramatiq: a message, delivered once or a dead letter. */
export function DeliverLane() {
  const { board } = useLive();
  return (
    <Lane
      title="Deliver a message"
      about="Dramatiq. Retried with backoff; what fails four times is kept as a dead letter."
      action="Deliver"
      onStart={async (form) =>
        board?.startJob("deliver", {
          message: String(form.get("message")),
          faults: faultsOf(form),
        })
      }
      fields={
        <>
          <label className="min-w-0 flex-1 text-muted text-xs">
            Message
            <input
              name="message"
              required
              maxLength={500}
              defaultValue="Your order is on its way"
              className="mt-0.5 block h-8 w-full min-w-32 rounded-md border border-edge bg-paper px-2 text-[0.8125rem] text-ink pointer-coarse:h-10"
            />
          </label>
          <FaultFields />
        </>
      }
    >
      <JobList kind="deliver" />
    </Lane>
  );
}
