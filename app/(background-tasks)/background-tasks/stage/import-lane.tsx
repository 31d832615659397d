"use client";

import { useState } from "react";
import { jobLimits } from "../../contract";
import { useLive } from "../board-provider";
import { FaultFields, faultsOf } from "./fault-fields";
import { JobList } from "./job-list";
import { Lane, NumberField, numberOf } from "./lane";

/** Celery: validate, parallel batches, report. */
export function ImportLane() {
  const { board } = useLive();
  const [isOwn, setIsOwn] = useState(false);
  return (
    <Lane
      title="Import a file"
      about="Celery. Validate, then batches in parallel, then a report that joins them."
      action="Import"
      onStart={async (form) =>
        board?.startJob("import", {
          ...(isOwn
            ? { csv: String(form.get("csv")) }
            : { sample: { rows: numberOf(form, "rows") ?? 0, bad: numberOf(form, "bad") ?? 0 } }),
          batches: numberOf(form, "batches") ?? 3,
          faults: faultsOf(form),
        })
      }
      fields={
        <>
          {isOwn ? (
            <label className="w-full text-muted text-xs">
              CSV: name,email,amount
              <textarea
                name="csv"
                rows={3}
                required
                maxLength={jobLimits.csvCharacters}
                defaultValue={"name,email,amount\nAda,ada@example.com,12\n"}
                className="mt-0.5 block w-full resize-y rounded-md border border-edge bg-paper px-2 py-1 font-mono text-ink text-xs"
              />
            </label>
          ) : (
            <>
              <NumberField
                name="rows"
                label="Sample rows"
                value={120}
                min={1}
                max={jobLimits.csvRows}
              />
              <NumberField name="bad" label="Bad ones" value={7} max={jobLimits.csvRows} />
            </>
          )}
          <NumberField name="batches" label="Batches" value={3} min={1} max={jobLimits.batches} />
          <label className="flex h-8 items-center gap-2 text-xs pointer-coarse:h-10">
            <input
              type="checkbox"
              checked={isOwn}
              onChange={(event) => setIsOwn(event.target.checked)}
            />
            My own file
          </label>
          <FaultFields pauseMs={1_500} />
        </>
      }
    >
      <JobList kind="import" />
    </Lane>
  );
}
