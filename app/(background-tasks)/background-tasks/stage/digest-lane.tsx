"use client";

import { useLive } from "../board-provider";
import { FaultFields, faultsOf } from "./fault-fields";
import { JobList } from "./job-list";
import { Lane, NumberField, numberOf } from "./lane";

/** ARQ: an async function, now or later. */
export function DigestLane() {
  const { board } = useLive();
  return (
    <Lane
      title="Count my day"
      about="ARQ. An async function, deferred if you like: while it sleeps it holds nothing."
      action="Count"
      onStart={async (form) =>
        board?.startJob("digest", {
          delaySeconds: numberOf(form, "delaySeconds") ?? 0,
          faults: faultsOf(form),
        })
      }
      fields={
        <>
          <NumberField name="delaySeconds" label="Begins in, s" value={5} max={3_600} />
          <FaultFields />
        </>
      }
    >
      <JobList kind="digest" />
    </Lane>
  );
}
