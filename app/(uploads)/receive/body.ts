import { HttpError } from "@/lib/http";
import { bodyOf, type Gulp } from "@/lib/request-body";
import { uploadLimits } from "../contract";

export const tooLarge = (maxBytes: number) =>
  new HttpError(413, "too-large", `A file sent this way has at most ${maxBytes} bytes.`, {
    members: { maxBytes },
  });

/** The length the client declares; undefined where it sends in chunks. */
export function declaredLength(headers: Headers): number | undefined {
  const header = headers.get("content-length");
  return header === null ? undefined : Number(header);
}

/** Refuses unread what says itself that it is too large. @throws HttpError 413 */
export function assertDeclaredLength(headers: Headers, maxBytes: number): void {
  if ((declaredLength(headers) ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

type Next = IteratorResult<Gulp>;

/**
 * The body of a request as it comes, bounded in size and in silence. Nothing is held here: whoever
 * reads slowly slows the client down.
 *
 * A body that is given up is left unread, not cancelled: that would tear the connection down before
 * the client has its answer. server/early-answer.ts sees to the rest.
 * @throws HttpError 413, 408 (nothing came for `silenceMs`), 400 (broke off, or other than declared)
 */
export async function* readBody(
  request: Request,
  maxBytes: number,
  silenceMs: number = uploadLimits.silenceMs,
): AsyncGenerator<Gulp, void, undefined> {
  const declared = declaredLength(request.headers);
  const source = bodyOf(request)[Symbol.asyncIterator]();
  let received = 0;
  let giveUp: ((error: HttpError) => void) | undefined;
  let waitingSince = 0;
  const watch = setInterval(() => {
    if (Date.now() - waitingSince > silenceMs) giveUp?.(silent(silenceMs));
  }, silenceMs / 4);
  const next = () =>
    new Promise<Next>((resolve, reject) => {
      giveUp = reject;
      waitingSince = Date.now();
      source.next().then(resolve, () => reject(brokeOff()));
    });
  try {
    for (;;) {
      const { done, value } = await next();
      giveUp = undefined;
      if (done) break;
      for (const { byteLength } of value) received += byteLength;
      if (received > maxBytes) throw tooLarge(maxBytes);
      yield value;
    }
  } finally {
    clearInterval(watch);
    // Not awaited: where nothing comes, it ends with the connection.
    void source.return?.();
  }
  if (declared !== undefined && received !== declared) throw brokeOff();
}

const brokeOff = () =>
  new HttpError(
    400,
    "incomplete-body",
    "The request broke off. Nothing was stored: send it again.",
  );

const silent = (ms: number) =>
  new HttpError(408, "request-timeout", `Nothing came for ${ms / 1_000} s. Send it again.`);
