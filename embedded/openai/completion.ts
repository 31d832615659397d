import type { Answerer, Message } from "./answer.ts";
import { countPrompt, tokenize, tokensFrom } from "./tokens.ts";

/** One token of an answer: of the report before it, of its text, or of the arguments of its call. */
export interface Token {
  kind: "reasoning" | "content" | "arguments";
  text: string;
}

export interface Completion {
  tokens: Token[];
  /** The tool that is called; then the tokens of `arguments` are its JSON, and there is no content. */
  tool: string | undefined;
  finishReason: "stop" | "length" | "tool_calls";
  usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    completion_tokens_details: { reasoning_tokens: number };
  };
}

export interface CompletionOptions {
  /** The most tokens that the answer may have, its reasoning included. */
  maxTokens: number;
  /** Whether it says first what it looks up. */
  reasons?: boolean;
  /** The search that may be called. */
  tool?: string | undefined;
}

/** The answer to the messages as tokens: from where a given beginning ends, up to the limit. */
export function complete(
  answer: Answerer,
  messages: readonly Message[],
  { maxTokens, reasons = false, tool }: CompletionOptions,
): Completion {
  const last = messages.at(-1);
  const isContinued = last?.role === "assistant" && !last.hasCalls;
  const begun = isContinued ? last.text : "";
  const before = isContinued ? messages.slice(0, -1) : messages;
  // What has begun is a text: it is not the time to call a tool.
  const reply = answer(before, tool !== undefined && begun === "");
  const all = [
    ...(reasons && !isContinued ? ofKind("reasoning", tokenize(`${reply.reasoning}\n`)) : []),
    ...(reply.query === undefined
      ? ofKind("content", remaining(reply.text, begun))
      : ofKind("arguments", tokenize(JSON.stringify({ query: reply.query })))),
  ];
  const tokens = all.slice(0, maxTokens);
  const prompt_tokens = countPrompt(messages.map(({ text }) => text));
  const isWhole = tokens.length === all.length;
  return {
    tokens,
    tool: reply.query === undefined ? undefined : tool,
    finishReason: isWhole ? (reply.query === undefined ? "stop" : "tool_calls") : "length",
    usage: {
      prompt_tokens,
      completion_tokens: tokens.length,
      total_tokens: prompt_tokens + tokens.length,
      completion_tokens_details: {
        reasoning_tokens: tokens.filter(({ kind }) => kind === "reasoning").length,
      },
    },
  };
}

const ofKind = (kind: Token["kind"], texts: readonly string[]): Token[] =>
  texts.map((text) => ({ kind, text }));

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
