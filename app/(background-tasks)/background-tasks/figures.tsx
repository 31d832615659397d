"use client";

import { Figures } from "@/components/figures";
import { useView } from "./board-provider";

/** What this page has seen of its own jobs. */
export function BackgroundTasksFigures() {
  const { jobs, tasks } = useView();
  const steps = jobs.flatMap((job) => job.steps);
  const waits = jobs
    .filter(({ startedAt, attempt, round }) => startedAt && attempt > 0 && round === 1)
    .map(({ createdAt, startedAt }) => Date.parse(startedAt ?? "") - Date.parse(createdAt))
    .sort((a, b) => a - b);
  const effects = jobs.reduce((sum, job) => sum + job.effects.length, 0);
  return (
    <Figures
      items={[
        {
          label: "Request to first step",
          value: waits[Math.floor(waits.length / 2)] ?? null,
          unit: "ms",
          hint: "median of the jobs below, deferred ones included; by the server's clock",
        },
        { label: "Jobs done", value: jobs.filter(({ status }) => status === "done").length },
        {
          label: "Steps begun again",
          value: steps.reduce((sum, { runs }) => sum + runs - 1, 0),
          hint: "after a failure, or a process that died",
        },
        {
          label: "Effects in the ledger",
          value: effects,
          hint: `of ${steps.filter(({ status }) => status === "done").length} steps done`,
        },
        {
          label: "Rows stored twice",
          value: jobs.reduce((sum, { result }) => sum + storedTwice(result), 0),
          hint: "of the imports below: rows in the table beyond those in the file",
        },
        {
          label: "Tasks lost",
          value: tasks.filter(({ status }) => status === "lost").length,
          hint: "of the lane without a queue",
        },
      ]}
    />
  );
}

/** Of a job's result. The table has no key of its own: without the ledger, repeated batches were here. */
function storedTwice(result: unknown): number {
  const { imported, expected } = (result ?? {}) as { imported?: number; expected?: number };
  return (imported ?? 0) - (expected ?? 0);
}
