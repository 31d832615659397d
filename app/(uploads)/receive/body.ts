import { HttpError } from "@/lib/http";
import { createPace, type PaceLimits } from "@/lib/pace";
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
 * The body of a request as it comes, bounded in size, in silence and in slowness. Nothing is held here:
 * a reader that is slow slows the client down, and the time that it takes does not count against the client.
 *
 * A body that is given up is left unread, not cancelled: that would tear the connection down before
 * the client has its answer. server/early-answer.ts sees to the rest.
 * @param signal ends the reading with its reason, though the client may send nothing more
 * @throws HttpError 413, 408 (too slow, or silent), 400 (broke off, or other than declared)
 */
export async function* readBody(
  request: Request,
  maxBytes: number,
  pace: PaceLimits = uploadLimits.pace,
  signal?: AbortSignal,
): AsyncGenerator<Gulp, void, undefined> {
  const declared = declaredLength(request.headers);
  const source = bodyOf(request)[Symbol.asyncIterator]();
  const isTooSlow = createPace(pace);
  let received = 0;
  let waitedMs = 0;
  let waitingSince = 0;
  let giveUp: ((error: unknown) => void) | undefined;
  const stop = () => giveUp?.(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  const watch = setInterval(() => {
    if (!giveUp) return;
    const waitingMs = performance.now() - waitingSince;
    if (waitingMs > pace.windowMs) giveUp(silent(pace));
    else if (isTooSlow(waitedMs + waitingMs, received)) giveUp(tooSlow(pace));
  }, pace.windowMs / 4);
  const next = () =>
    new Promise<Next>((resolve, reject) => {
      giveUp = reject;
      waitingSince = performance.now();
      source.next().then(resolve, () => reject(brokeOff()));
    });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await next();
      giveUp = undefined;
      waitedMs += performance.now() - waitingSince;
      if (done) break;
      for (const { byteLength } of value) received += byteLength;
      if (received > maxBytes) throw tooLarge(maxBytes);
      yield value;
    }
  } finally {
    clearInterval(watch);
    signal?.removeEventListener("abort", stop);
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

const timedOut = (detail: string) =>
  new HttpError(408, "request-timeout", `${detail} Send it again.`);

const silent = ({ windowMs }: PaceLimits) => timedOut(`Nothing came for ${windowMs / 1_000} s.`);

const tooSlow = ({ windowMs, windowBytes, bytesPerSecond }: PaceLimits) =>
  timedOut(
    `The body comes too slowly: at least ${windowBytes} bytes in ${windowMs / 1_000} s, and ${bytesPerSecond} bytes a second on average, are needed.`,
  );
