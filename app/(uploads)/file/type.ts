import { fileTypeFromBuffer } from "file-type";
import { HttpError } from "@/lib/http";
import { binaryTypes, textTypes } from "../contract";

/** Bytes from the start of a file that are enough to know it by. */
export const SNIFFED_BYTES = 4_100;

/** Names that browsers and systems use for the same. */
const aliases: Record<string, string> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/apng": "image/png",
  "audio/mp3": "audio/mpeg",
  "application/x-zip-compressed": "application/zip",
  "application/vnd.ms-excel": "text/csv",
};
/** Says nothing: the bytes alone decide. */
const UNSAID = new Set(["", "application/octet-stream"]);

const isOneOf = <T extends string>(list: readonly T[], type: string | undefined): type is T =>
  (list as readonly (string | undefined)[]).includes(type);

/**
 * The type of a whole file, by its bytes. Text has no magic bytes: it is UTF-8 without controls, of
 * the text type the client says, and JSON is parsed.
 * @throws HttpError 415 for a type that is not accepted, and for one that is not what the client says
 */
export async function decideType(bytes: Uint8Array, declared: string): Promise<string> {
  const said = canonical(declared);
  const found = await sniff(bytes);
  if (found) {
    if (!isOneOf(binaryTypes, found)) throw notAccepted(found);
    if (!UNSAID.has(said) && said !== found) throw lie(said, found);
    return found;
  }
  if (isOneOf(binaryTypes, said)) throw lie(said, "something else");
  if (!isOneOf(textTypes, said)) throw notAccepted(said || "unknown");
  if (!isText(bytes)) throw lie(said, "not UTF-8 text");
  if (said === "application/json" && !isJson(bytes)) throw lie(said, "not JSON");
  return said;
}

/** The type to remember for bytes of which only the start is known; never one that a browser runs. */
export async function typeOfStart(start: Uint8Array): Promise<string> {
  const found = await sniff(start.subarray(0, SNIFFED_BYTES));
  return isOneOf(binaryTypes, found) ? found : "application/octet-stream";
}

/** What the store has may not be what was declared, where its bytes say so. */
export async function contradicts(start: Uint8Array, declared: string): Promise<string | null> {
  const said = canonical(declared);
  const found = await sniff(start);
  if (isOneOf(binaryTypes, said) && found !== said) return found ?? "something else";
  return null;
}

/** What a download says it is: an accepted type, or bytes. */
export const servedType = (type: string): string =>
  isOneOf(binaryTypes, type) || isOneOf(textTypes, type) ? type : "application/octet-stream";

const canonical = (type: string) => {
  const essence = type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return aliases[essence] ?? essence;
};

async function sniff(bytes: Uint8Array): Promise<string | undefined> {
  const found = await fileTypeFromBuffer(bytes);
  return found && canonical(found.mime);
}

function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: text has none but these.
    return !/[\x00-\x08\x0E-\x1A\x1C-\x1F]/.test(text);
  } catch {
    return false;
  }
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return true;
  } catch {
    return false;
  }
}

const accepted = [...binaryTypes, ...textTypes];

const notAccepted = (type: string) =>
  new HttpError(
    415,
    "type-not-accepted",
    `${type} is not accepted here. Accepted: ${accepted.join(", ")}.`,
    {
      headers: { accept: "multipart/form-data" },
      members: { accepted },
    },
  );

const lie = (said: string, found: string) =>
  new HttpError(
    415,
    "type-mismatch",
    `The file is declared as ${said}, and its bytes are ${found}. Declare what it is.`,
  );
