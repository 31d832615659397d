import type { PatternEntry } from "../pattern";

export const pattern = {
  slug: "realtime",
  title: "Realtime, compared",
  sentence:
    "WebSocket, server-sent events, long and short polling carry the same events side by side.",
  cheatSheet: "Quick reference: real-time pattern selection",
  rule: {
    when: [
      "Both ways: WebSocket. From the server only, as text: server-sent events.",
      "Plain HTTP, but prompt: long polling. Simple, and news is rare: short polling.",
    ],
    whenNot: ["A socket for news once an hour.", "Short polling where seconds matter."],
  },
  sources: [
    "app/(realtime)/contract.ts",
    "app/(realtime)/api/realtime/poll/route.ts",
    "app/(realtime)/api/realtime/long-poll/route.ts",
    "app/(realtime)/api/realtime/long-poll/first-batch.ts",
    "app/(realtime)/api/realtime/sse/route.ts",
    "app/(realtime)/socket/namespace.ts",
    "app/(realtime)/realtime/client/poll.ts",
    "app/(realtime)/realtime/client/long-poll.ts",
    "app/(realtime)/realtime/client/polling.ts",
    "app/(realtime)/realtime/client/sse.ts",
    "app/(realtime)/realtime/client/socket.ts",
    "app/(realtime)/realtime/client/lane-stats.ts",
    "app/(realtime)/realtime/client/recommend.ts",
    "app/(realtime)/source/sources.ts",
    "app/(realtime)/source/generator.ts",
    "lib/log-feed.ts",
    "lib/shared-answer.ts",
    "lib/traffic.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
