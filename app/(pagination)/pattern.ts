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
  sources: [],
  ready: false,
} as const satisfies PatternEntry;
