import type { PatternEntry } from "../pattern";

export const pattern = {
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
} as const satisfies PatternEntry;
