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
  sources: [
    "app/(versioning)/contract.ts",
    "app/(versioning)/api/articles/route.ts",
    "app/(versioning)/api/[version]/articles/route.ts",
    "app/(versioning)/versioned.ts",
    "app/(versioning)/negotiation/choose.ts",
    "app/(versioning)/negotiation/accept.ts",
    "app/(versioning)/negotiation/problems.ts",
    "app/(versioning)/articles/operations.ts",
    "app/(versioning)/versions/representations.ts",
    "app/(versioning)/versions/v1.ts",
    "app/(versioning)/negotiation/body-version.ts",
    "app/(versioning)/life-cycle/phase.ts",
    "app/(versioning)/life-cycle/headers.ts",
    "app/(versioning)/life-cycle/clock.ts",
    "app/(versioning)/articles/rows.ts",
    "app/(versioning)/versioning/client/cache.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
