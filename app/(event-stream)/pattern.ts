import type { PatternEntry } from "../pattern";

export const pattern = {
  slug: "event-stream",
  title: "Event stream",
  sentence:
    "The server pushes text events over one HTTP response; the browser resumes where it stopped.",
  cheatSheet: "SSE template",
  rule: {
    when: ["News flows one way, as text.", "Reconnecting and resuming should come for free."],
    whenNot: ["The client has much to say back.", "The payload is binary."],
  },
  sources: [
    "app/(event-stream)/contract.ts",
    "app/(event-stream)/api/events/[userId]/route.ts",
    "app/(event-stream)/api/events/route.ts",
    "app/(event-stream)/events.ts",
    "lib/idempotency-key.ts",
    "lib/sse.ts",
    "lib/event-response.ts",
    "lib/log-feed.ts",
    "app/(event-stream)/event-stream/client/link.ts",
    "app/(event-stream)/event-stream/client/tabs.ts",
    "app/(event-stream)/event-stream/client/timeline.ts",
    "app/(event-stream)/event-stream/client/state.ts",
    "lib/sse-parser.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
