import { ProviderError } from "./failures";

export interface FetchLimits {
  /** Milliseconds from a request to the first byte of its answer's body. */
  firstByteMs: number;
  /** Milliseconds between two pieces of a body, of whatever they consist. */
  silenceMs: number;
  /** Bytes of one body. */
  maxBytes: number;
}

/**
 * The platform's `fetch`, watched: the SDK counts tokens, but a model that reasons, or a server that sends
 * comments meanwhile, is alive while bytes come. Time is counted only while the provider is waited for, not
 * while the reader is busy. Where a limit is passed, the request is aborted, and it or its body fails with a
 * ProviderError.
 */
export function limitedFetch({ firstByteMs, silenceMs, maxBytes }: FetchLimits): typeof fetch {
  return async (input, init) => {
    const own = new AbortController();
    const signal = init?.signal ? AbortSignal.any([init.signal, own.signal]) : own.signal;
    const beSilent = () => own.abort(new ProviderError("provider-silent"));
    const first = setTimeout(beSilent, firstByteMs);
    let silence: NodeJS.Timeout | undefined;
    const stop = () => {
      clearTimeout(first);
      clearTimeout(silence);
    };
    const response = await fetch(input, { ...init, signal }).catch((error: unknown) => {
      stop();
      throw error;
    });
    if (!response.body) {
      stop();
      return response;
    }
    const body = response.body.getReader();
    let isWaiting = false;
    let bytes = 0;
    const limited = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          isWaiting = true;
          silence?.refresh();
          try {
            const { done, value } = await body.read();
            isWaiting = false;
            clearTimeout(first);
            silence ??= setTimeout(() => isWaiting && beSilent(), silenceMs);
            bytes += value?.length ?? 0;
            if (bytes > maxBytes) own.abort(new ProviderError("provider-too-large"));
            own.signal.throwIfAborted();
            if (!done) return controller.enqueue(value);
            stop();
            controller.close();
          } catch (error) {
            stop();
            controller.error(error);
          }
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
