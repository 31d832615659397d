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
  sources: [],
  ready: false,
} as const satisfies PatternEntry;
