import { jobLimits } from "../contract";

/** For the home page's card: nothing runs until somebody asks. */
export function BackgroundTasksCard() {
  return (
    <p className="text-muted tabular-nums">
      {jobLimits.active} jobs under way for each guest, {jobLimits.attempts} attempts a step
    </p>
  );
}
