import type { StepState } from "../../contract";

const looks = {
  running: "border-warn text-warn",
  retrying: "border-warn text-warn",
  done: "border-good text-good",
  failed: "border-bad text-bad",
};

/** The steps of a job in their order. The words say what the colours show. */
export function StepList({ steps }: { steps: readonly StepState[] }) {
  if (steps.length === 0) return null;
  return (
    <ol aria-label="Steps" className="mt-1.5 flex flex-wrap gap-1.5 text-xs">
      {steps.map(({ name, status, instance, runs }) => (
        <li key={name} className={`rounded-sm border px-1.5 py-0.5 ${looks[status]}`}>
          {name} <span className="text-muted">{status}</span>{" "}
          <span className="text-muted">
            on {instance}
            {runs > 1 && `, begun ${runs} times`}
          </span>
        </li>
      ))}
    </ol>
  );
}
