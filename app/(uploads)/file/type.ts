import { fileTypeFromBuffer } from "file-type";
import { HttpError } from "@/lib/http";
import { binaryTypes, textTypes } from "../contract";
import { isOfType } from "./signatures";

/** Bytes from the start of a file that are enough to know it by. */
export const SNIFFED_BYTES = 4_100;

/** Names that browsers and systems use for the same. */
const aliases: Record<string, string> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/apng": "image/png",
  "audio/mp3": "audio/mpeg",
  "audio/x-mpeg": "audio/mpeg",
  "video/x-m4v": "video/mp4",
  "application/x-pdf": "application/pdf",
  "application/x-zip": "application/zip",
  "application/x-zip-compressed": "application/zip",
  "application/csv": "text/csv",
  "text/x-csv": "text/csv",
  "text/comma-separated-values": "text/csv",
  "application/vnd.ms-excel": "text/csv",
};
/** Says nothing: the bytes alone decide. */
const UNSAID = new Set(["", "application/octet-stream"]);

const isOneOf = <T extends string>(list: readonly T[], type: string | undefined): type is T =>
  (list as readonly (string | undefined)[]).includes(type);

/**
 * The type of a whole file. Text that is declared as a text type is that text: it has no signature, and
 * may begin with the letters of any. A binary file is what is declared where its bytes are of that
 * family; where nothing is declared, it is exactly what its bytes are.
 * @throws HttpError 415 for a type that is not accepted, and for one that is not what the client says
 */
export async function decideType(bytes: Uint8Array, declared: string): Promise<string> {
  const said = canonical(declared);
  if (isOneOf(textTypes, said) && isText(bytes)) {
    if (said === "application/json" && !isJson(bytes)) throw lie(said, "not JSON");
    return said;
  }
  if (isOneOf(binaryTypes, said) && isOfType[said](bytes)) return said;

  const found = await exactTypeOf(bytes);
  const isAccepted = isOneOf(binaryTypes, found);
  if (isAccepted && UNSAID.has(said)) return found;
  if (found && !isAccepted) throw notAccepted(found);
  if (isOneOf(textTypes, said)) throw lie(said, found ?? "not UTF-8 text");
  if (isOneOf(binaryTypes, said) || found) throw lie(said, found ?? "something else");
  throw notAccepted(said || "unknown");
}

/** The type to remember for bytes of which only the start is known; never one that a browser runs. */
export async function typeOfStart(start: Uint8Array): Promise<string> {
  const found = await exactTypeOf(start.subarray(0, SNIFFED_BYTES));
  return isOneOf(binaryTypes, found) ? found : "application/octet-stream";
}

/** What bytes are instead of the accepted binary type that was declared; null where they are of its family. */
export async function contradicts(start: Uint8Array, declared: string): Promise<string | null> {
  const said = canonical(declared);
  if (!isOneOf(binaryTypes, said) || isOfType[said](start)) return null;
  return (await exactTypeOf(start)) ?? "something else";
}

/** What a download says it is: an accepted type, or bytes. */
export const servedType = (type: string): string =>
  isOneOf(binaryTypes, type) || isOneOf(textTypes, type) ? type : "application/octet-stream";

const canonical = (type: string) => {
  const essence = type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return aliases[essence] ?? essence;
};

/** By the first bytes, and undefined for those that only begin with some letters of a signature. */
async function exactTypeOf(bytes: Uint8Array): Promise<string | undefined> {
  const found = canonical((await fileTypeFromBuffer(bytes))?.mime ?? "");
  if (isOneOf(binaryTypes, found)) return isOfType[found](bytes) ? found : undefined;
  // Of the others only a name is wanted, and text is none of them.
  return found && !isText(bytes) ? found : undefined;
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
