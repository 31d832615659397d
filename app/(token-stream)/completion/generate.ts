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
  let bytesLeft = completionLimits.answerBytes - Buffer.byteLength(written.text);
  if (left <= 0 || bytesLeft <= 0)
    return { reason: "length", usage: usageOf(written.tokens, undefined) };
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
        // A provider that does not keep to the limits ends here; each piece is a token or more.
        const piece = count < left ? startOf(part.delta, bytesLeft) : "";
        if (piece !== "") count++;
        batches.add(piece);
        if (piece !== part.delta) {
          end = { reason: "length", usage: usageOf(written.tokens, undefined, count) };
          upstream.abort(cutOff);
          break;
        }
        bytesLeft -= Buffer.byteLength(piece);
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
  inputTokens: tokensOf(usage?.inputTokens.total) ?? 0,
  outputTokens: before + (tokensOf(usage?.outputTokens.total) ?? count),
});

/** More tokens than any model takes or makes at once: what a provider says beyond it is nonsense, and not kept. */
const MOST_TOKENS = 10_000_000;

/** What a provider says of its tokens, where it can be true. */
const tokensOf = (said: number | undefined) =>
  Number.isInteger(said) && said !== undefined && said >= 0 && said <= MOST_TOKENS
    ? said
    : undefined;

/** The beginning of a text that takes at most so many bytes in UTF-8, cut between two characters. */
function startOf(text: string, bytes: number): string {
  // No UTF-16 unit takes more than three bytes.
  if (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes) return text;
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(bytes)).read);
}

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
