import { streamText } from "ai";
import { env } from "@/lib/env";
import { completionLimits, type Usage } from "../contract";
import type { createBatches } from "./batches";
import type { Written } from "./entries";
import { model, ProviderError } from "./provider";
import type { CompletionRow } from "./rows";

export interface Generated {
  /** The model's own word for why it ended: stop, length, content-filter … */
  reason: string;
  usage: Usage;
}

/**
 * One call of the model, into batches. A text that is there already goes along as the beginning of
 * the assistant's message: the model continues it.
 *
 * @param signal aborts the upstream request
 * @throws ProviderError, and whatever the SDK throws, where it failed; the signal's reason where it
 *   was aborted; what `batches` throws
 */
export async function generate(
  row: CompletionRow,
  written: Written,
  batches: ReturnType<typeof createBatches>,
  signal: AbortSignal,
): Promise<Generated> {
  const left = completionLimits.outputTokens - written.tokens;
  if (left <= 0) return { reason: "length", usage: usageOf(written.tokens, {}) };
  const clocks = startClocks(row.createdAt);
  const upstream = new AbortController();
  let count = 0;
  let end: { reason: string | undefined; usage: Usage } | undefined;
  try {
    const { fullStream } = streamText({
      model: model(),
      messages: written.text
        ? [...row.messages, { role: "assistant", content: written.text }]
        : row.messages,
      maxOutputTokens: left,
      maxRetries: 0,
      abortSignal: AbortSignal.any([signal, clocks.signal, upstream.signal]),
      // Errors come as parts of the stream; without this they would also be printed.
      onError() {},
    });
    for await (const part of fullStream) {
      clocks.pause();
      if (part.type === "error") throw part.error;
      if (part.type === "text-delta") {
        count++;
        await batches.add(part.text);
      }
      if (part.type === "finish") {
        const usage = usageOf(written.tokens, part.totalUsage, count);
        // Without a word why, the stream was cut; the SDK then says "other".
        end = { reason: part.rawFinishReason && part.finishReason, usage };
      }
      clocks.resume();
    }
    signal.throwIfAborted();
    clocks.signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    clocks.signal.throwIfAborted();
    throw error;
  } finally {
    clocks.stop();
    upstream.abort();
  }
  if (!end?.reason) throw new ProviderError(count > 0 ? "provider-cut" : "provider-nonsense");
  return { reason: end.reason, usage: end.usage };
}

type SdkUsage = { inputTokens?: number; outputTokens?: number };
const usageOf = (before: number, { inputTokens, outputTokens }: SdkUsage, count = 0): Usage => ({
  inputTokens: inputTokens ?? 0,
  outputTokens: before + (outputTokens ?? count),
});

/** Aborts when the provider is silent for too long, or the whole takes too long. */
function startClocks(createdAt: Date) {
  const over = new AbortController();
  const abort = (kind: "provider-silent" | "time-limit") => () =>
    over.abort(new ProviderError(kind));
  const silenceMs = env().OPENAI_SILENCE_SECONDS * 1_000;
  let silence = setTimeout(abort("provider-silent"), silenceMs);
  const left = createdAt.getTime() + completionLimits.totalMs - Date.now();
  const total = setTimeout(abort("time-limit"), Math.max(left, 0));
  return {
    signal: over.signal,
    /** While it is ours to act, the provider is not the silent one. */
    pause: () => clearTimeout(silence),
    resume() {
      silence = setTimeout(abort("provider-silent"), silenceMs);
    },
    stop() {
      clearTimeout(silence);
      clearTimeout(total);
    },
  };
}
