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
  sources: [
    "app/(uploads)/contract.ts",
    "app/(uploads)/api/uploads/simple/route.ts",
    "app/(uploads)/api/uploads/streaming/route.ts",
    "app/(uploads)/receive/streaming-upload.ts",
    "app/(uploads)/store/part-writer.ts",
    "app/(uploads)/receive/body.ts",
    "app/(uploads)/receive/form.ts",
    "app/(uploads)/api/uploads/presigned/route.ts",
    "app/(uploads)/store/grants.ts",
    "app/(uploads)/store/presign.ts",
    "app/(uploads)/api/uploads/multipart/route.ts",
    "app/(uploads)/api/uploads/[id]/parts/route.ts",
    "app/(uploads)/complete.ts",
    "app/(uploads)/api/uploads/[id]/content/route.ts",
    "app/(uploads)/file/name.ts",
    "app/(uploads)/file/type.ts",
    "app/(uploads)/file/digest-fields.ts",
    "app/(uploads)/rows/quota.ts",
    "app/(uploads)/remove.ts",
    "app/(uploads)/uploads/client/multipart.ts",
    "app/(uploads)/uploads/client/send.ts",
  ],
  ready: true,
} as const satisfies PatternEntry;
