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
  const keys = jobs.flatMap(({ id, effects }) => effects.map(({ step }) => `${id} ${step}`));
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
          value: keys.length,
          hint: `of ${steps.filter(({ status }) => status === "done").length} steps done`,
        },
        { label: "Effects twice", value: keys.length - new Set(keys).size, hint: "always 0" },
        {
          label: "Tasks lost",
          value: tasks.filter(({ status }) => status === "lost").length,
          hint: "of the lane without a queue",
        },
      ]}
    />
  );
}
