import type { z } from "zod";
import { createByteBudget } from "./byte-budget";
import { HttpError, invalid } from "./http";
import { parseJson } from "./json";
import { remember } from "./remember";
import { bodyOf } from "./request-body";
import { assertWholeContent } from "./whole-content";

/** Bytes of a JSON body, unless a contract says otherwise. */
const MAX_JSON_BYTES = 64 * 1024;

/** Bytes of all bodies that this process reads at this moment. Beyond it: 503, for the one that comes last. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/**
 * What bounds the memory that bodies take, however many clients send one at once, and before anything
 * is known of them. One body is bounded by its reader, and its time by server/body-deadline.ts.
 */
export const heldBodies = () => remember("held bodies", () => createByteBudget(MAX_HELD_BYTES));

/**
 * Reads a JSON body of bounded size and parses it by its contract.
 * @throws HttpError 415 (another type, compressed), 413 (too large), 400 (no JSON, a number that cannot be kept,
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
 * @throws HttpError 413, 400 (no UTF-8, a part of something, or broken off), 415 (compressed), 503 (too much at once)
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  assertWholeContent(request.headers);
  const tooLarge = () =>
    new HttpError(413, "too-large", `A body here has at most ${maxBytes} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const memory = heldBodies().share();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    for await (const gulp of bodyOf(request))
      for (const piece of gulp) {
        bytes += piece.byteLength;
        if (bytes > maxBytes) throw tooLarge();
        if (!memory.add(piece.byteLength)) throw overloaded();
        text += decoder.decode(piece, { stream: true });
      }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, "invalid-body", "The body is not UTF-8, or broke off.");
  } finally {
    memory.giveBack();
  }
}

const overloaded = () =>
  new HttpError(503, "unavailable", "This instance reads all that it can. Try again shortly.", {
    headers: { "retry-after": "5" },
  });
