import type { PatternEntry } from "../pattern";

export const pattern = {
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
} as const satisfies PatternEntry;
