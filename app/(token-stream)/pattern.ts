import type { PatternEntry } from "../pattern";

export const pattern = {
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
    "app/(token-stream)/completion/gulps.ts",
    "app/(token-stream)/completion/feed.ts",
    "app/(token-stream)/encode-raw.ts",
    "app/(token-stream)/encode-ui.ts",
    "app/(token-stream)/api/assistant/route.ts",
    "app/(token-stream)/conversation.ts",
    "app/(token-stream)/token-stream/client/reading.ts",
    "app/(token-stream)/token-stream/client/run.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
