import { uploadLimits } from "../contract";

/** Controls, format characters (bidi overrides, BOM), line separators, lone surrogates, blank letters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u034F\u115F\u1160\u3164\uFFA0]/v;

/** Scripts that are spelt with joiners and non-joiners (UAX #31, 2.3): those of Persian, Hindi, Sinhala, … */
const SCRIPTS =
  "Arab Syrc Nkoo Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt"
    .split(" ")
    .map((script) => `\\p{scx=${script}}`);
const LETTER = `[[\\p{L}\\p{M}]&&[${SCRIPTS.join("")}]]`;

/** Format characters whose work is seen: they spell a word, or make one emoji of several. */
const SEEN = [
  `(?<=${LETTER})\\u200C(?=${LETTER})`,
  `(?<=${LETTER})\\u200D`,
  /(?<=\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?)\u200D(?=\p{Extended_Pictographic})/v
    .source,
  // The flags of England, Scotland and Wales.
  /\p{RGI_Emoji_Tag_Sequence}/v.source,
];
const SEEN_OR_HIDDEN = new RegExp(`(?<seen>${SEEN.join("|")})|${HIDDEN.source}`, "gv");

/** What some system reads as a separator or a device, or refuses in a name. */
const FORBIDDEN = /[<>:"|?*]/g;
/** Names that open a device on Windows, with whatever extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/i;
/** Of an extension, so that a long name keeps it. */
const MAX_EXTENSION = 20;

/**
 * A file's name, fit to be shown and to be saved under. It is never a path: objects have keys that
 * the server makes. The last segment counts, as some clients send whole paths.
 */
export function cleanName(given: string): string {
  const shown = given.replace(SEEN_OR_HIDDEN, "$<seen>").normalize("NFC");
  const last =
    shown.split(/[/\\\u2044\u2215\u29F8\uFF0F\uFF3C]/).findLast((part) => trim(part)) ?? "";
  const name = trim(last.replace(FORBIDDEN, "_"));
  return cut(name.replace(DEVICE, "_$&")) || "file";
}

/** Windows drops blanks and dots at the end; at the start dots hide a file, or climb. */
const trim = (name: string) => name.replace(/^[\s.]+|[\s.]+$/gu, "");

/** Shortens the stem, on a boundary of what is read as one character, and keeps the extension. */
function cut(name: string): string {
  const { nameBytes } = uploadLimits;
  if (Buffer.byteLength(name) <= nameBytes) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && name.length - dot <= MAX_EXTENSION ? name.slice(dot) : "";
  const stem = extension ? name.slice(0, dot) : name;
  const room = nameBytes - Buffer.byteLength(extension);
  const whole = startOf(stem, room, graphemes) || startOf(stem, room, codePoints);
  // A joiner has nothing to join any more.
  return trim(whole.replace(/[\u200C\u200D]+$/, "")) + extension;
}

const segmenter = new Intl.Segmenter();
function* graphemes(text: string) {
  for (const { segment } of segmenter.segment(text)) yield segment;
}
const codePoints = (text: string) => text[Symbol.iterator]();

/** As many pieces from the beginning as there is room for, in bytes. */
function startOf(text: string, room: number, split: (text: string) => Iterable<string>): string {
  let end = 0;
  let bytes = 0;
  for (const piece of split(text)) {
    bytes += Buffer.byteLength(piece);
    if (bytes > room) break;
    end += piece.length;
  }
  return text.slice(0, end);
}
