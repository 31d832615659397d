import { z } from "zod";

/** Controls, bidi overrides and isolates, halves of surrogate pairs, what is no character: they hide or break text. */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/u;
/** The same but for line breaks, tabs and the marks that mixed directions need. */
const UNPRINTABLE_IN_BLOCK = new RegExp(
  `(?![\\n\\t\\u061C\\u200E\\u200F])${UNPRINTABLE.source}`,
  "u",
);

// Invisible characters are those that Unicode lets a font ignore (UAX #44, Default_Ignorable_Code_Point):
// zero-width spaces, fillers, soft hyphens, tags. A few of them spell words and emoji where they stand.

/** A character that is shown, whatever letters a font ignores. */
const SHOWN = String.raw`(?!\p{DI})[\p{L}\p{M}\p{N}\p{P}\p{S}]`;
const JOINER = String.raw`[\u200C\u200D]`;
const TAG = String.raw`[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]`;
const SPELLING = [
  // ZWNJ and ZWJ inside a word or an emoji, and at a word's end behind a sign such as the virama.
  String.raw`(?<=${SHOWN}[\uFE00-\uFE0F]?)${JOINER}(?:(?=${SHOWN})|(?<=(?!\p{DI})\p{M}${JOINER}))`,
  // A selector of the variant of the character before it.
  String.raw`(?<=${SHOWN})[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=\p{Script=Mongolian})[\u180B-\u180F]`,
  // The flags of England, Scotland and Wales.
  String.raw`(?<=\u{1F3F4}${TAG}{0,6})(?:${TAG}|\u{E007F})`,
];
const INVISIBLE = new RegExp(String.raw`(?!${SPELLING.join("|")})\p{DI}`, "u");

/** Something to see: no mark alone, which would stand on its neighbour, and no character that is a blank. */
const VISIBLE = /(?![\p{DI}\u2800\u{13441}\u{13442}\u{1D159}])[\p{L}\p{N}\p{P}\p{S}]/u;
/** More marks on one character than any script has: they cover the lines around. */
const TOO_MANY_MARKS = /[\p{Mn}\p{Me}]{9}/u;

/** Lengths count code points, as JSON Schema does (RFC 8259 strings, `maxLength`). */
const isPrintable = (unprintable: RegExp) => (text: string) => !unprintable.test(text);
const message = "must not contain control characters";

/**
 * One line of plain text, trimmed and in NFC: the rule for every name and title. Something in it is visible,
 * and nothing in it is invisible but what spells words and emoji.
 */
export const lineOfText = (max: number) =>
  z
    .string()
    .max(max * 4)
    .transform((text) => text.normalize("NFC").trim())
    .pipe(z.string().min(1).max(max))
    .refine(isPrintable(UNPRINTABLE), message)
    .refine((text) => !INVISIBLE.test(text), "must not contain invisible characters")
    .refine((text) => VISIBLE.test(text), "must have something to see")
    .refine((text) => !TOO_MANY_MARKS.test(text), "must not pile up marks on one character");

/** Plain text of several lines. */
export const textBlock = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(isPrintable(UNPRINTABLE_IN_BLOCK), message)
    .refine((text) => VISIBLE.test(text), "must not be blank");
