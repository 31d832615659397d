import type { LanguageModelUsage } from "ai";
import { completionLimits, type Usage } from "../contract";
import type { Seen } from "../provider/chunks";
import { reasoningOf, type Written } from "./written";

/** More tokens than any model takes or makes at once: what a provider says beyond it is nonsense, and not kept. */
const MOST_TOKENS = 10_000_000;

/** What an answer may still have, and what it took, over all of its producers and steps. */
export function createBudget(written: Written) {
  let tokensLeft: number = completionLimits.outputTokens - written.tokens;
  let sourcesLeft: number = completionLimits.sources;
  let hasText = written.text !== "";
  const sources = new Set<string>();
  const bytesLeft = {
    "text-delta": completionLimits.answerBytes - Buffer.byteLength(written.text),
    "reasoning-delta": completionLimits.reasoningBytes - Buffer.byteLength(reasoningOf(written)),
  };
  for (const part of written.parts) if (part.type === "source") takeSource(part.url);

  /** Pieces of the step that is under way: what counts where the provider says nothing. */
  let pieces = 0;
  const usage: Usage = { inputTokens: 0, outputTokens: written.tokens };

  function takeSource(url: string): boolean {
    if (sourcesLeft === 0 || sources.has(url)) return false;
    sourcesLeft--;
    sources.add(url);
    return true;
  }

  return {
    tokensLeft: () => tokensLeft,
    isSpent: () => tokensLeft <= 0 || bytesLeft["text-delta"] <= 0,
    hasText: () => hasText,
    /** Whether anything came, of the text or of the reasoning. */
    isBegun: () => tokensLeft < completionLimits.outputTokens,
    /** As much of a piece as there is room for. Each piece that holds something is a token, or more. */
    take(type: keyof typeof bytesLeft, text: string): string {
      const piece = tokensLeft > 0 ? startOf(text, bytesLeft[type]) : "";
      if (piece === "") return piece;
      tokensLeft--;
      pieces++;
      bytesLeft[type] -= Buffer.byteLength(piece);
      if (type === "text-delta") hasText = true;
      return piece;
    },
    /** Whether a source may be added: it is new, and there is room. */
    takeSource,
    /** Adds a step's usage as the provider tells it, by the SDK or in a field of its own. */
    addUsage(told: LanguageModelUsage, own: Seen["usage"]): void {
      const output = tokensOf(told.outputTokens) ?? tokensOf(own?.completion_tokens);
      usage.inputTokens += tokensOf(told.inputTokens) || tokensOf(own?.prompt_tokens) || 0;
      usage.outputTokens += output ?? pieces;
      const reasoning = tokensOf(told.outputTokenDetails?.reasoningTokens);
      if (reasoning) usage.reasoningTokens = (usage.reasoningTokens ?? 0) + reasoning;
      pieces = 0;
    },
    usage: (): Usage => ({ ...usage, outputTokens: usage.outputTokens + pieces }),
  };
}

export type Budget = ReturnType<typeof createBudget>;

/** What a provider says of its tokens, where it can be true. */
const tokensOf = (told: number | null | undefined) =>
  Number.isInteger(told) && typeof told === "number" && told >= 0 && told <= MOST_TOKENS
    ? told
    : undefined;

/** The beginning of a text that takes at most so many bytes in UTF-8, cut between two characters. */
function startOf(text: string, bytes: number): string {
  if (bytes <= 0) return "";
  // No UTF-16 unit takes more than three bytes.
  if (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes) return text;
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(bytes)).read);
}
