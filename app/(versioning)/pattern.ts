import type { PatternEntry } from "../pattern";

export const pattern = {
  slug: "versioning",
  title: "Versioning",
  sentence: "One resource, two versions: chosen by path, by header, or by content negotiation.",
  cheatSheet: "Quick reference: API versioning",
  rule: {
    when: [
      "Path: public APIs, visible in every log.",
      "Header or media type: one URL must stay the name of one thing.",
    ],
    whenNot: ["The change only adds: no version is needed.", "Caches in front of you ignore Vary."],
  },
  sources: [],
  ready: false,
} as const satisfies PatternEntry;
