import { z } from "zod";

/** Controls, bidi overrides and isolates, and halves of surrogate pairs: they hide or break text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/** One line of plain text, trimmed and in NFC; the length counts UTF-16 units. */
export const lineOfText = (max: number) =>
  z
    .string()
    .max(max * 4)
    .transform((text) => text.normalize("NFC").trim())
    .pipe(z.string().min(1).max(max))
    .refine((text) => !UNPRINTABLE.test(text), "must not contain control characters");

/** Plain text of several lines. */
export const textBlock = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(
      (text) => !UNPRINTABLE.test(text.replace(/[\n\t\u200E\u200F\u061C]/g, "")),
      "must not contain control characters",
    )
    .refine((text) => text.trim() !== "", "must not be blank");
