import { logger } from "@/lib/logger";
import { lateSchedules } from "../inngest/ticks";

/**
 * Logs the schedules that should have fired and have not, each of them once for as long as it does not fire.
 * @returns looks once
 */
export function createLateScheduleLog(): (now?: number) => Promise<void> {
  let known = new Set<string>();
  return async (now) => {
    const late = await lateSchedules(now);
    for (const { schedule, dueAt } of late)
      if (!known.has(schedule))
        logger().warn({ schedule, dueAt }, "a schedule has not fired: is Inngest running?");
    known = new Set(late.map(({ schedule }) => schedule));
  };
}
