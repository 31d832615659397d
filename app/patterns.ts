/** One pattern of the book: what it is called, where it lives, and what its page shows. */
export type Pattern = {
  slug: string;
  /** Position in the book, "01" to "09". */
  number: string;
  title: string;
  sentence: string;
  /** URL of its page. */
  page: string;
  /** Route group that holds the whole slice. */
  folder: string;
  /** Part of the cheat sheet it answers to. */
  cheatSheet: string;
  rule: { when: string[]; whenNot: string[] };
  /** Files shown in the source panel, relative to the repository. */
  sources: string[];
  spec: `e2e/${string}.spec.ts`;
  /** False until the slice runs: it is then listed without a link. */
  ready: boolean;
};

type Entry = Omit<Pattern, "number" | "page" | "folder" | "spec">;

const entries = [
  {
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
  },
  {
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
  },
  {
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
      "app/(event-stream)/idempotency-key.ts",
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
  },
  {
    slug: "token-stream",
    title: "Token stream",
    sentence: "A generated answer arrives word by word, can be stopped, and survives a reload.",
    cheatSheet: "LLM token streaming",
    rule: {
      when: ["The first words are useful before the last.", "The reader may stop it half-way."],
      whenNot: [
        "The result must be validated whole before anyone sees it.",
        "It takes less than a second.",
      ],
    },
    sources: [
      "app/(token-stream)/contract.ts",
      "app/(token-stream)/api/completions/route.ts",
      "app/(token-stream)/api/completions/[id]/stream/route.ts",
      "app/(token-stream)/completion/producer.ts",
      "app/(token-stream)/completion/entries.ts",
      "app/(token-stream)/completion/serve.ts",
      "app/(token-stream)/completion/rows.ts",
      "app/(token-stream)/completion/generate.ts",
      "app/(token-stream)/completion/batches.ts",
      "app/(token-stream)/completion/provider.ts",
      "app/(token-stream)/completion/feed.ts",
      "app/(token-stream)/encode-raw.ts",
      "app/(token-stream)/encode-ui.ts",
      "app/(token-stream)/api/assistant/route.ts",
      "app/(token-stream)/conversation.ts",
      "app/(token-stream)/token-stream/client/reading.ts",
      "app/(token-stream)/token-stream/client/run.ts",
    ],
    ready: true,
  },
  {
    slug: "uploads",
    title: "Uploads",
    sentence: "Three ways to send a file: in memory, as a stream, and straight to object storage.",
    cheatSheet: "File upload template: simple, streaming, presigned S3",
    rule: {
      when: [
        "Small and needed at once: in memory.",
        "Large: stream it, or let the browser send it to storage.",
      ],
      whenNot: [
        "Never hold a file of unknown size in memory.",
        "Never trust the name or the type the client gives.",
      ],
    },
    sources: [],
    ready: false,
  },
  {
    slug: "pagination",
    title: "Pagination",
    sentence:
      "Offset and cursor over the same moving table: what repeats, what is skipped, what it costs.",
    cheatSheet: "Pagination templates: offset, cursor",
    rule: {
      when: [
        "Cursor: feeds and tables that change, or are deep.",
        "Offset: small, still tables with page numbers.",
      ],
      whenNot: [
        "Cursor: the reader must jump to page 40.",
        "Offset: rows are inserted while somebody reads.",
      ],
    },
    sources: [],
    ready: false,
  },
  {
    slug: "rate-limits",
    title: "Rate limits",
    sentence: "A fair share for each caller, counted in one process or across all of them.",
    cheatSheet: "Rate limiting: SlowAPI, Redis",
    rule: {
      when: [
        "In process: one instance, approximate is enough.",
        "Redis: several instances share one limit.",
      ],
      whenNot: ["As the only protection of a login.", "Keyed by an address the client can choose."],
    },
    sources: [],
    ready: false,
  },
  {
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
      "lib/traffic.ts",
    ],
    ready: true,
  },
  {
    slug: "versioning",
    title: "Versioning",
    sentence: "One resource, two versions: chosen by path, by header, or by content negotiation.",
    cheatSheet: "Quick reference: API versioning",
    rule: {
      when: [
        "Path: public APIs, visible in every log.",
        "Header or media type: one URL must stay the name of one thing.",
      ],
      whenNot: [
        "The change only adds: no version is needed.",
        "Caches in front of you ignore Vary.",
      ],
    },
    sources: [],
    ready: false,
  },
] as const satisfies readonly Entry[];

export type Slug = (typeof entries)[number]["slug"];

/** The book in its order. Page, folder and spec follow from the slug. */
export const patterns: readonly (Pattern & { slug: Slug })[] = entries.map(
  (entry: Entry & { slug: Slug }, index) => ({
    ...entry,
    number: String(index + 1).padStart(2, "0"),
    page: `/${entry.slug}`,
    folder: `app/(${entry.slug})`,
    spec: `e2e/${entry.slug}.spec.ts`,
  }),
);

/** The entry of one slice, for its own page. */
export function patternOf(slug: Slug): Pattern {
  const found = patterns.find((pattern) => pattern.slug === slug);
  if (!found) throw new Error(`No pattern is called ${slug}`);
  return found;
}
