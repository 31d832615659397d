import { type IncomingMessage, request as plain } from "node:http";
import { request as secure } from "node:https";

/** Bytes that the SDK may leave unread; then the provider waits. */
const MAX_UNREAD_BYTES = 64 * 1024;
const SLOT_MS = 10;

/** What one answer may have. */
interface Bound {
  maxBytes: number;
  tooLarge: () => Error;
}
const defaultError = () => new Error("the answer is too large");

const slots = new Map<number, (() => void)[]>();
/** Pieces that wait for nothing: the first token comes with the first, or behind the word that it begins. */
const EAGER_PIECES = 2;

/**
 * A `fetch` for the SDK that hands the provider's bytes on in gulps: what arrives within `waitMs()`
 * goes through the SDK's chain of streams together. That chain costs 200 µs a piece, whether it
 * holds one token or ten; reading from the socket costs 50 (docs/decisions/0006-provider-interface.md).
 *
 * @param waitMs how long a piece may wait for the next, asked anew for each gulp; 0: not at all
 * @param bound bytes that one answer may have, and the error that a reader of more is given
 */
export const fetchInGulps =
  (
    waitMs: () => number,
    { maxBytes = Number.POSITIVE_INFINITY, tooLarge = defaultError } = {},
  ): typeof fetch =>
  async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { method = "GET", headers, body, signal } = init;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        ...(signal && { signal }),
      };
      const asked = (url.protocol === "https:" ? secure : plain)(url, options, resolve);
      // As fetch says it: the SDK knows this one, and passes an abort on.
      asked.once("error", (cause) =>
        reject(signal?.aborted ? signal.reason : new TypeError("fetch failed", { cause })),
      );
      asked.end(body);
    });
    const { statusCode: status = 502, statusMessage: statusText } = answer;
    return new Response(gulpsOf(answer, waitMs, { maxBytes, tooLarge }), {
      status,
      statusText,
      headers: Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      ),
    });
  };

/**
 * Calls back after at most so long, together with all that falls due within the same 10 ms: what is
 * swallowed in one turn of the event loop is stored by one statement.
 */
function inSlot(ms: number, swallow: () => void): void {
  const now = performance.now();
  const slot = Math.floor((now + ms) / SLOT_MS);
  const others = slots.get(slot);
  if (others) return void others.push(swallow);
  const mine = [swallow];
  slots.set(slot, mine);
  setTimeout(
    () => {
      slots.delete(slot);
      for (const one of mine) one();
    },
    slot * SLOT_MS - now,
  );
}

/** The body, in gulps. Ends as it ends; cancelled, it leaves the provider. */
function gulpsOf(
  answer: IncomingMessage,
  waitMs: () => number,
  { maxBytes, tooLarge }: Bound,
): ReadableStream<Uint8Array> {
  let waiting: Buffer[] = [];
  let pieces = 0;
  let bytes = 0;

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        function swallow(): void {
          if (waiting.length === 0) return;
          controller.enqueue(Buffer.concat(waiting));
          waiting = [];
          if ((controller.desiredSize ?? 0) <= 0) answer.pause();
        }
        answer.on("data", (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > maxBytes) {
            leave();
            return controller.error(tooLarge());
          }
          waiting.push(piece);
          const wait = ++pieces > EAGER_PIECES ? waitMs() : 0;
          if (wait === 0) swallow();
          else if (waiting.length === 1) inSlot(wait, swallow);
        });
        answer.once("end", () => {
          swallow();
          controller.close();
        });
        answer.once("error", (error) => {
          waiting = [];
          controller.error(error);
        });
      },
      pull: () => void answer.resume(),
      cancel: leave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD_BYTES }),
  );

  function leave(): void {
    waiting = [];
    answer.removeAllListeners("data").removeAllListeners("end").destroy();
  }
}
