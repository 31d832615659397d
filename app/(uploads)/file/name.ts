import { uploadLimits } from "../contract";

/** Controls, format characters (bidi overrides, BOM), line separators, lone surrogates, blank letters. */
const HIDDEN = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|\u034F|[\u115F\u1160\u3164\uFFA0]/gu;
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
  const shown = given.replace(HIDDEN, "").normalize("NFC");
  const last =
    shown.split(/[/\\\u2044\u2215\u29F8\uFF0F\uFF3C]/).findLast((part) => trim(part)) ?? "";
  const name = trim(last.replace(FORBIDDEN, "_"));
  return cut(name.replace(DEVICE, "_$&")) || "file";
}

/** Windows drops blanks and dots at the end; at the start dots hide a file, or climb. */
const trim = (name: string) => name.replace(/^[\s.]+|[\s.]+$/gu, "");

/** Shortens the stem, on a boundary of code points, and keeps the extension. */
function cut(name: string): string {
  const { nameBytes } = uploadLimits;
  if (Buffer.byteLength(name) <= nameBytes) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && name.length - dot <= MAX_EXTENSION ? name.slice(dot) : "";
  const stem = extension ? name.slice(0, dot) : name;
  const room = nameBytes - Buffer.byteLength(extension);
  const bytes = Buffer.from(stem).subarray(0, room);
  // A character that was cut through decodes to U+FFFD.
  const whole = new TextDecoder().decode(bytes).replace(/\uFFFD$/, "");
  return trim(whole) + extension;
}
