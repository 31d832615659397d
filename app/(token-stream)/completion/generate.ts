import type { LanguageModelV3Prompt, LanguageModelV3Usage } from "@ai-sdk/provider";
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
 * One call of the model, into batches. It goes through the SDK's provider, not through streamText,
 * which costs four times as much a token (docs/decisions/0006-provider-interface.md).
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
  if (left <= 0) return { reason: "length", usage: usageOf(written.tokens, undefined) };
  const upstream = new AbortController();
  const leave = () => upstream.abort(signal.reason);
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  const clocks = startClocks(row.createdAt, upstream);
  let count = 0;
  let end: { reason: string | undefined; usage: Usage } | undefined;
  try {
    const { stream } = await model().doStream({
      prompt: promptOf(row, written),
      maxOutputTokens: left,
      abortSignal: upstream.signal,
    });
    // A reader, not `for await`: that one makes three more promises for each part.
    const parts = stream.getReader();
    for (;;) {
      const { done, value: part } = await parts.read();
      if (done) break;
      if (part.type === "error") throw part.error;
      if (part.type === "text-delta") {
        // A provider that does not know the limit it was given ends here; each piece is a token or more.
        if (count === left) {
          end = { reason: "length", usage: usageOf(written.tokens, undefined, count) };
          upstream.abort(cutOff);
          break;
        }
        count++;
        batches.add(part.delta);
        const room = batches.room();
        if (room) {
          clocks.pause();
          await room;
        }
      }
      if (part.type === "finish") {
        const usage = usageOf(written.tokens, part.usage, count);
        // Without a word why, the stream was cut.
        end = { reason: part.finishReason.raw && part.finishReason.unified, usage };
      }
      clocks.resume();
    }
    if (upstream.signal.reason !== cutOff) upstream.signal.throwIfAborted();
  } catch (error) {
    upstream.signal.throwIfAborted();
    upstream.abort(error);
    throw error;
  } finally {
    clocks.stop();
    signal.removeEventListener("abort", leave);
  }
  if (!end?.reason) throw new ProviderError(count > 0 ? "provider-cut" : "provider-nonsense");
  return { reason: end.reason, usage: end.usage };
}

/** Why the provider's answer is left where it passes its limit: no failure. */
const cutOff = Symbol("cut off");

/** What was asked, then what is there already: the provider continues the assistant's own words. */
function promptOf({ messages }: CompletionRow, { text }: Written): LanguageModelV3Prompt {
  const all = text ? [...messages, { role: "assistant" as const, content: text }] : messages;
  return all.map(({ role, content }) => ({ role, content: [{ type: "text", text: content }] }));
}

const usageOf = (before: number, usage: LanguageModelV3Usage | undefined, count = 0): Usage => ({
  inputTokens: usage?.inputTokens.total ?? 0,
  outputTokens: before + (usage?.outputTokens.total ?? count),
});

/** Aborts when the provider is silent for too long, or the whole takes too long. */
function startClocks(createdAt: Date, upstream: AbortController) {
  const abort = (kind: "provider-silent" | "time-limit") => () =>
    upstream.abort(new ProviderError(kind));
  const silenceMs = env().OPENAI_SILENCE_SECONDS * 1_000;
  let silence = setTimeout(abort("provider-silent"), silenceMs);
  const left = createdAt.getTime() + completionLimits.totalMs - Date.now();
  const total = setTimeout(abort("time-limit"), Math.max(left, 0));
  let paused = false;
  return {
    /** While it is ours to act, the provider is not the silent one. */
    pause() {
      paused = true;
      clearTimeout(silence);
    },
    resume() {
      if (paused) silence = setTimeout(abort("provider-silent"), silenceMs);
      else silence.refresh();
      paused = false;
    },
    stop() {
      clearTimeout(silence);
      clearTimeout(total);
    },
  };
}
