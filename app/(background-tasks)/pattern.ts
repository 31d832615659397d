import type { PatternEntry } from "../pattern";

export const pattern = {
  slug: "background-tasks",
  title: "Background tasks",
  sentence:
    "Answer now, finish later: after the response for small work, a durable queue for the rest.",
  cheatSheet: "BackgroundTasks, Celery, ARQ, Dramatiq",
  rule: {
    when: [
      "The caller need not wait for the result.",
      "Work must survive a crash or be retried: use the queue.",
    ],
    whenNot: [
      "The answer depends on the result.",
      "Losing the work matters and it runs only after the response.",
    ],
  },
  sources: [
    "app/(background-tasks)/contract.ts",
    "app/(background-tasks)/api/tasks/route.ts",
    "app/(background-tasks)/tasks/contract.ts",
    "app/(background-tasks)/tasks/work.ts",
    "app/(background-tasks)/tasks/rows.ts",
    "app/(background-tasks)/api/jobs/[job]/route.ts",
    "app/(background-tasks)/jobs/create.ts",
    "app/(background-tasks)/jobs/cursor.ts",
    "app/(background-tasks)/jobs/transact.ts",
    "app/(background-tasks)/outbox/relay.ts",
    "app/(background-tasks)/outbox/rows.ts",
    "app/(background-tasks)/api/inngest/route.ts",
    "app/(background-tasks)/inngest/functions/import.ts",
    "app/(background-tasks)/inngest/functions/digest.ts",
    "app/(background-tasks)/inngest/functions/deliver.ts",
    "app/(background-tasks)/inngest/functions/schedules.ts",
    "app/(background-tasks)/inngest/perform.ts",
    "app/(background-tasks)/inngest/next-attempt.ts",
    "app/(background-tasks)/inngest/options.ts",
    "app/(background-tasks)/inngest/bury.ts",
    "app/(background-tasks)/watchdog/watchdog.ts",
    "app/(background-tasks)/watchdog/restart.ts",
    "app/(background-tasks)/inngest/refuse-replays.ts",
    "app/(background-tasks)/jobs/orders.ts",
    "app/(background-tasks)/jobs/events.ts",
    "app/(background-tasks)/background-tasks/client/board.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
