import type { PatternEntry } from "../pattern";

export const pattern = {
  slug: "chat",
  title: "Chat",
  sentence:
    "Both sides talk over one WebSocket, on every instance, and whoever was away catches up.",
  cheatSheet: "WebSocket template",
  rule: {
    when: [
      "Both sides send at any moment: chat, games, editing together.",
      "Who is present matters, and when they leave.",
    ],
    whenNot: [
      "Only the server has news: server-sent events are simpler.",
      "Every message is a request with one answer: that is HTTP.",
    ],
  },
  sources: [
    "app/(chat)/contract.ts",
    "app/(chat)/socket/namespace.ts",
    "app/(chat)/socket/feed.ts",
    "app/(chat)/socket/fan-out.ts",
    "app/(chat)/socket/roster.ts",
    "app/(chat)/socket/presence.ts",
    "app/(chat)/socket/limits.ts",
    "app/(chat)/messages.ts",
    "app/(chat)/rooms.ts",
    "app/(chat)/api/chat/rooms/[room]/messages/route.ts",
    "app/(chat)/chat/client/connection.ts",
    "app/(chat)/chat/client/outbox.ts",
    "app/(chat)/chat/client/state.ts",
    "lib/sockets/identity.ts",
    "lib/sockets/outgoing.ts",
    "lib/log/tail.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
