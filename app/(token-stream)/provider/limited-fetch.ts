import { ProviderError } from "./failures";

export interface FetchLimits {
  /** Milliseconds from a request to the first byte of its answer's body. */
  firstByteMs: number;
  /** Milliseconds between two pieces of a body, of whatever they consist. */
  silenceMs: number;
  /** Bytes of all bodies together. */
  maxBytes: number;
}

/**
 * The platform's `fetch`, watched: the SDK counts tokens, but a model that reasons, or a server that sends
 * comments meanwhile, is alive while bytes come. Time is counted only while the provider is waited for, not
 * while the reader is busy, nor between a request that failed and its repetition.
 *
 * @param upstream is aborted with a ProviderError where a limit is passed; its signal must be the requests'
 */
export function limitedFetch(
  { firstByteMs, silenceMs, maxBytes }: FetchLimits,
  upstream: AbortController,
): typeof fetch {
  let bytes = 0;
  const beSilent = () => upstream.abort(new ProviderError("provider-silent"));

  return async (input, init) => {
    const first = setTimeout(beSilent, firstByteMs);
    let response: Response;
    try {
      response = await fetch(input, init);
    } catch (error) {
      clearTimeout(first);
      throw error;
    }
    if (!response.body) {
      clearTimeout(first);
      return response;
    }
    const body = response.body.getReader();
    let silence: NodeJS.Timeout | undefined;
    let isWaiting = false;
    const stop = () => {
      clearTimeout(first);
      clearTimeout(silence);
    };
    const limited = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          isWaiting = true;
          silence?.refresh();
          const { done, value } = await body.read().catch((error: unknown) => {
            stop();
            throw upstream.signal.aborted ? upstream.signal.reason : error;
          });
          isWaiting = false;
          if (done) {
            stop();
            controller.close();
            return;
          }
          clearTimeout(first);
          silence ??= setTimeout(() => isWaiting && beSilent(), silenceMs);
          bytes += value.length;
          if (bytes <= maxBytes) return controller.enqueue(value);
          stop();
          upstream.abort(new ProviderError("provider-too-large"));
          throw upstream.signal.reason;
        },
        cancel(reason) {
          stop();
          return body.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(limited, response);
  };
}
