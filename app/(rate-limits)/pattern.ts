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
  sources: [
    "app/(rate-limits)/contract.ts",
    "app/(rate-limits)/api/data/route.ts",
    "app/(rate-limits)/api/search/route.ts",
    "app/(rate-limits)/policies.ts",
    "lib/rate-limit/guard.ts",
    "lib/rate-limit/caller.ts",
    "lib/rate-limit/headers.ts",
    "lib/rate-limit/algorithms/fixed-window.ts",
    "lib/rate-limit/algorithms/sliding-window.ts",
    "lib/rate-limit/algorithms/token-bucket.ts",
    "lib/rate-limit/redis-limiter.ts",
    "lib/rate-limit/memory-limiter.ts",
    "lib/rate-limit/flexible-limiter.ts",
    "lib/rate-limit/upstash-limiter.ts",
    "lib/rate-limit/shared.ts",
    "lib/rate-limit/breaker.ts",
    "app/(rate-limits)/api/limits/[algorithm]/route.ts",
    "app/(rate-limits)/stock-limiter.ts",
    "app/(rate-limits)/rate-limits/client/honest.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
