"use client";

import type { Kind } from "../../contract";
import { useView } from "../board-provider";
import { JobItem } from "./job-item";

const SHOWN = 4;

/** The last jobs of a kind. */
export function JobList({ kind }: { kind: Kind }) {
  const jobs = useView().jobs.filter((job) => job.kind === kind);
  return (
    <ul aria-label={`Jobs: ${kind}`} className="divide-y divide-rule">
      {jobs.slice(0, SHOWN).map((job) => (
        <JobItem key={job.id} job={job} />
      ))}
    </ul>
  );
}
