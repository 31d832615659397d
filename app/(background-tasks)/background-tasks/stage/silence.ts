import { type JobState, jobLimits } from "../../contract";

/** Longer than a step can be asked to take, so that it means something. */
const SILENT_MS = 12_000;

/**
 * What to say of a job that should be doing something and does not; undefined where all is well. The
 * server cannot know that an instance has died: what it knows is when something last happened.
 */
export function silenceOf(job: JobState, now: number): string | undefined {
  const { status, dueAt, movedAt, restarts, instance } = job;
  if (status === "done" || status === "dead" || status === "cancelled") return undefined;
  const since = Math.max(Date.parse(movedAt), dueAt ? Date.parse(dueAt) : 0);
  if (now - since < SILENT_MS) return undefined;
  const seconds = Math.floor((now - since) / 1_000);
  const wait = Math.ceil((jobLimits.stallSeconds * 2 ** restarts) / 60);
  const next =
    restarts < jobLimits.restarts
      ? `starts again after ${wait} min`
      : `is given up after ${wait} min`;
  const what =
    status === "running"
      ? `If instance ${instance ?? "?"} has died, the step waits for its retry: Inngest calls again, mostly within a minute.`
      : "Inngest has not called for it yet.";
  return `Silent for ${seconds} s. ${what} Without progress it ${next}.`;
}
