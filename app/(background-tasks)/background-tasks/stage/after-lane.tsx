"use client";

import { StatusDot } from "@/components/ui/status-dot";
import type { TaskState } from "../../tasks/contract";
import { useLive, useView } from "../board-provider";
import { Lane, NumberField, numberOf } from "./lane";

const tones = { queued: "plain", running: "warn", done: "good", lost: "bad" } as const;

/** BackgroundTasks: after the response, in the process that gave it. */
export function AfterLane() {
  const { board } = useLive();
  const { tasks } = useView();
  return (
    <Lane
      title="After the response"
      about="BackgroundTasks. It runs in the process that took it: fine for what may be lost."
      action="Start a task"
      onStart={async (form) =>
        board?.startTask("Written after the response", numberOf(form, "seconds") ?? 0)
      }
      fields={<NumberField name="seconds" label="Seconds of work" value={6} max={30} />}
    >
      <ul aria-label="Tasks" className="divide-y divide-rule">
        {tasks.slice(0, 4).map((task) => (
          <li key={task.id} className="px-4 py-2.5 text-[0.8125rem]" data-task={task.id}>
            <StatusDot tone={tones[task.status]}>{task.status}</StatusDot>
            <p className="mt-0.5 text-muted">{sentenceOf(task)}</p>
          </li>
        ))}
      </ul>
    </Lane>
  );
}

function sentenceOf({ status, seconds, progress, instance }: TaskState): string {
  if (status === "lost")
    return `Lost after ${progress} of ${seconds} s: instance ${instance} died, and nobody else knows of it.`;
  if (status === "done") return `${seconds} s on instance ${instance}, and a line in the ledger.`;
  return `${progress} of ${seconds} s, on instance ${instance} alone.`;
}
