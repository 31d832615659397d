import type { z } from "zod";
import { HttpError, invalid } from "./http";
import { parseJson } from "./json";
import { bodyOf } from "./request-body";

/** Bytes of a JSON body, unless a contract says otherwise. */
const MAX_JSON_BYTES = 64 * 1024;

/**
 * Reads a JSON body of bounded size and parses it by its contract.
 * @throws HttpError 415 (another type), 413 (too large), 400 (no JSON, a number that cannot be kept,
 *   or not as the schema says)
 */
export async function readJson<T extends z.ZodType>(
  request: Request,
  schema: T,
  maxBytes = MAX_JSON_BYTES,
): Promise<z.infer<T>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type))
    throw new HttpError(415, "unsupported-media-type", "Send JSON, as application/json.", {
      headers: { accept: "application/json" },
    });
  const parsed = schema.safeParse(parseJson(await readText(request, maxBytes)));
  if (!parsed.success) throw invalid(parsed.error, "invalid-body");
  return parsed.data;
}

/**
 * Reads at most `maxBytes`: what is declared larger is refused unread, what lies is cut off.
 * @throws HttpError 413, 400 (no UTF-8, or broken off)
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () =>
    new HttpError(413, "too-large", `A body here has at most ${maxBytes} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    for await (const gulp of bodyOf(request))
      for (const piece of gulp) {
        bytes += piece.byteLength;
        if (bytes > maxBytes) throw tooLarge();
        text += decoder.decode(piece, { stream: true });
      }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, "invalid-body", "The body is not UTF-8, or broke off.");
  }
}
