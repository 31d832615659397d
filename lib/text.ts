import { z } from "zod";

/** Controls, bidi overrides and isolates, and halves of surrogate pairs: they hide or break text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/u;
/** The same but for line breaks, tabs and the marks that mixed directions need. */
const UNPRINTABLE_IN_BLOCK = new RegExp(
  `(?![\\n\\t\\u061C\\u200E\\u200F])${UNPRINTABLE.source}`,
  "u",
);
const MARKS = /[\u061C\u200E\u200F]/g;

/** Lengths count code points, as JSON Schema does (RFC 8259 strings, `maxLength`). */
const isPrintable = (unprintable: RegExp) => (text: string) => !unprintable.test(text);
const message = "must not contain control characters";

/** One line of plain text, trimmed and in NFC. */
export const lineOfText = (max: number) =>
  z
    .string()
    .max(max * 4)
    .transform((text) => text.normalize("NFC").trim())
    .pipe(z.string().min(1).max(max))
    .refine(isPrintable(UNPRINTABLE), message);

/** Plain text of several lines. */
export const textBlock = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(isPrintable(UNPRINTABLE_IN_BLOCK), message)
    .refine((text) => text.replace(MARKS, "").trim() !== "", "must not be blank");
