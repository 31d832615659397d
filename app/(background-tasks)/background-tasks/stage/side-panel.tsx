"use client";

import { StatusDot } from "@/components/ui/status-dot";
import { useView } from "../board-provider";
import { KillPanel } from "./kill-panel";

/** What the page hears, what can be broken, and what the schedules did. */
export function SidePanel() {
  const { connected, cronRuns, lateSchedules } = useView();
  return (
    <aside aria-label="Around the jobs" className="space-y-5 text-[0.8125rem]">
      <div>
        <h3 className="small-caps text-muted">Events</h3>
        <p role="status" className="mt-1">
          <StatusDot tone={connected ? "good" : "warn"}>
            {connected ? "listening" : "connecting"}
          </StatusDot>
        </p>
      </div>
      <KillPanel />
      <div>
        <h3 className="small-caps text-muted">Schedules</h3>
        {lateSchedules.map(({ schedule, dueAt }) => (
          <p key={schedule} className="mt-1 text-warn">
            {schedule} should have fired at {dueAt.slice(11, 16)} UTC and has not: Inngest is away,
            or cannot reach this application.
          </p>
        ))}
        {cronRuns.length === 0 && lateSchedules.length === 0 && (
          <p className="mt-1 text-muted">
            None has fired in the last hour. The next one does on the minute, if Inngest knows of
            the functions.
          </p>
        )}
        <ul aria-label="Cron runs" className="mt-1 space-y-1.5">
          {cronRuns.slice(0, 6).map(({ schedule, tick, instance, effect, missed }) => (
            <li key={`${schedule} ${tick}`}>
              {schedule}{" "}
              <time dateTime={tick} className="tabular-nums">
                {tick.slice(11, 16)} UTC
              </time>{" "}
              <span className="text-muted">on {instance}</span>
              <span className="block text-muted text-xs">{numbersOf(effect)}</span>
              {missed > 0 && (
                <span className="block text-warn text-xs">
                  {missed} {missed === 1 ? "tick" : "ticks"} before it did not fire
                </span>
              )}
            </li>
          ))}
        </ul>
      </div>
    </aside>
  );
}

/** What was counted, without what was nothing. */
function numbersOf(effect: unknown): string {
  const counted = Object.entries(effect ?? {}).filter(([, count]) => count !== 0);
  return counted.map(([name, count]) => `${name} ${String(count)}`).join(", ") || "nothing to do";
}
