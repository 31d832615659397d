import type { Message } from "./answer.ts";
import { countPrompt, tokensFrom } from "./tokens.ts";

export interface Completion {
  tokens: string[];
  finishReason: "stop" | "length";
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

/** The answer to the messages as tokens: from where a given beginning ends, up to the limit. */
export function complete(
  answer: (messages: Message[]) => string,
  messages: Message[],
  maxTokens: number,
): Completion {
  const last = messages.at(-1);
  const begun = last?.role === "assistant" ? last.text : "";
  const full = answer(last?.role === "assistant" ? messages.slice(0, -1) : messages);
  const rest = remaining(full, begun);
  const tokens = rest.slice(0, maxTokens);
  const prompt_tokens = countPrompt(messages.map(({ text }) => text));
  return {
    tokens,
    finishReason: tokens.length < rest.length ? "length" : "stop",
    usage: {
      prompt_tokens,
      completion_tokens: tokens.length,
      total_tokens: prompt_tokens + tokens.length,
    },
  };
}

/**
 * What comes after `begun`, so that both together are the answer. Where `begun` is the beginning of
 * some other text, nothing can be mended: the whole answer follows in a paragraph of its own. What
 * `begun` has of that already, because a continuation like this one was cut, does not come twice.
 */
export function remaining(full: string, begun: string): string[] {
  if (full.startsWith(begun)) return tokensFrom(full, begun.length);
  const again = `\n\n${full}`;
  let has = Math.min(again.length, begun.length);
  while (!begun.endsWith(again.slice(0, has))) has--;
  return tokensFrom(again, has);
}
