import type { PatternEntry } from "../pattern";

export const pattern = {
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
  sources: [
    "app/(pagination)/contract.ts",
    "app/(pagination)/api/items/cursor/route.ts",
    "app/(pagination)/items/keyset.ts",
    "app/(pagination)/items/cursor.ts",
    "lib/cursor.ts",
    "app/(pagination)/items/sql.ts",
    "app/(pagination)/api/items/offset/route.ts",
    "app/(pagination)/items/offset.ts",
    "app/(pagination)/items/database.ts",
    "app/(pagination)/items/plan.ts",
    "app/(pagination)/api/items/mine/churn/route.ts",
    "app/(pagination)/api/items/mine/truth/route.ts",
    "app/(pagination)/pagination/client/score.ts",
    "app/(pagination)/pagination/client/reading.ts",
    "prisma/seed-items.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
