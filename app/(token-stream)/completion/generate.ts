import { type FinishReason, isStepCount, streamText, type ToolExecutionOptions } from "ai";
import { env } from "@/lib/env";
import { completionLimits, type Usage } from "../contract";
import { type Seen, seenOf, sourceOf } from "../provider/chunks";
import { type FailureKind, inBandError, ProviderError, partFailure } from "../provider/failures";
import { type Meaning, meaningOf } from "../provider/finish-reasons";
import { model } from "../provider/model";
import { createCalls } from "../tools/calls";
import { searchTool } from "../tools/search-documents";
import { type Budget, createBudget } from "./budget";
import { promptOf } from "./prompt";
import type { CompletionRow } from "./rows";
import type { Writer } from "./writer";
import type { Written } from "./written";

export interface Generated {
  /** Why it ended: `stop`, `length` or `content-filter`. */
  reason: string;
  usage: Usage;
}

/** Requests to the model for one answer: one, and another one after each round of tools. */
const MAX_STEPS = completionLimits.toolCalls + 1;

/**
 * Asks the model, and writes what it says as it comes. `streamText` makes the requests, runs the steps, parses,
 * repeats what may be repeated; here is what it does not do: the log, the limits, and the failures that come
 * under a status of 200.
 *
 * @param signal aborts the request to the provider
 * @throws ProviderError, and whatever the SDK throws, where it failed; the signal's reason where it
 *   was aborted; what the writer throws
 */
export async function generate(
  row: CompletionRow,
  written: Written,
  writer: Writer,
  signal: AbortSignal,
): Promise<Generated> {
  const upstream = new AbortController();
  const leave = () => upstream.abort(signal.reason);
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  const left = row.createdAt.getTime() + completionLimits.totalMs - Date.now();
  const clock = setTimeout(
    () => upstream.abort(new ProviderError("time-limit")),
    Math.max(left, 0),
  );
  try {
    return await stream(row, written, writer, upstream);
  } catch (error) {
    upstream.signal.throwIfAborted();
    upstream.abort(error);
    throw error;
  } finally {
    clearTimeout(clock);
    signal.removeEventListener("abort", leave);
  }
}

async function stream(
  row: CompletionRow,
  written: Written,
  writer: Writer,
  upstream: AbortController,
): Promise<Generated> {
  const budget = createBudget(written);
  const calls = createCalls(row.id, written, writer);
  await calls.runPending();
  if (budget.isSpent()) return { reason: reasonOf("length", budget), usage: budget.usage() };

  let end: Meaning | undefined;
  const { stream: parts } = streamText({
    model: await model(),
    messages: promptOf(row, written),
    maxOutputTokens: budget.tokensLeft(),
    reasoning: env().OPENAI_REASONING_EFFORT,
    abortSignal: upstream.signal,
    // Once, after two seconds or what the provider says: somebody is looking on.
    maxRetries: 1,
    tools: env().OPENAI_TOOLS ? toolsOf(calls) : undefined,
    toolCallConcurrency: 1,
    stopWhen: isStepCount(MAX_STEPS),
    // Who has used up the tools must answer without them.
    prepareStep: () => (calls.left() > 0 ? undefined : { toolChoice: "none" }),
    // What fails comes as a part of the stream, too; the default prints it.
    onError() {},
  });
  for await (const part of parts) {
    switch (part.type) {
      case "text-delta":
      case "reasoning-delta": {
        const piece = budget.take(part.type, part.text);
        writer.add(part.type === "text-delta" ? "tokens" : "reasoning", piece);
        if (piece !== part.text) return cutOff();
        break;
      }
      case "tool-call":
        await (part.invalid ? calls.refuse(part, part.error) : calls.announce(part));
        break;
      case "source":
        if (part.sourceType === "url") await addSource(part.url, part.title);
        break;
      case "error": {
        const failure = partFailure(part.error);
        if (failure) throw failure;
        break;
      }
      case "finish-step": {
        const seen = seenOf(part.providerMetadata);
        for (const { url, title } of seen.sources) await addSource(url, title);
        if (seen.error) throw inBandError(seen.error);
        end = meaningOfEnd(part, seen);
        budget.addUsage(part.usage, seen.usage);
      }
    }
    const room = writer.room();
    if (room) await room;
  }
  upstream.signal.throwIfAborted();
  return { reason: reasonOf(end, budget), usage: budget.usage() };

  /** A provider that does not keep to the limits ends here. */
  function cutOff(): Generated {
    const reason = reasonOf("length", budget);
    upstream.abort();
    return { reason, usage: budget.usage() };
  }

  async function addSource(url: string, title?: string): Promise<void> {
    const source = sourceOf(url, title);
    if (source && budget.takeSource(source.url)) await writer.put({ type: "source", ...source });
  }
}

/** Why a step ended; undefined without a word, which is how a stream ends that was cut. */
function meaningOfEnd(
  { finishReason, rawFinishReason }: { finishReason: FinishReason; rawFinishReason?: string },
  seen: Seen,
): Meaning | undefined {
  // The model has refused, under a reason of success.
  if (finishReason === "content-filter") return "filtered";
  const word = seen.finishReason ?? rawFinishReason;
  return word ? meaningOf(word) : undefined;
}

/** The SDK's tools; each runs through the ledger of the answer's calls. */
const toolsOf = (calls: ReturnType<typeof createCalls>) => ({
  [searchTool.name]: {
    ...searchTool.definition,
    execute: (_input: unknown, { toolCallId, abortSignal }: ToolExecutionOptions<unknown>) =>
      calls.execute(toolCallId, abortSignal),
  },
});

/** What an end means that leaves an answer behind: the reason; and one that leaves none: the failure. */
const withText: Partial<Record<Meaning, string>> = {
  complete: "stop",
  length: "length",
  filtered: "content-filter",
};
const withoutText: Record<Meaning, FailureKind> = {
  complete: "answer-empty",
  length: "answer-cut-short",
  filtered: "answer-filtered",
  tools: "answer-unfinished",
  failed: "provider-broken",
  busy: "provider-busy",
  unknown: "unknown-end",
};

/** @throws ProviderError where it is no answer */
function reasonOf(end: Meaning | undefined, budget: Budget): string {
  if (!end) throw new ProviderError(budget.isBegun() ? "provider-cut" : "provider-nonsense");
  const reason = budget.hasText() ? withText[end] : undefined;
  if (reason) return reason;
  throw new ProviderError(withoutText[end]);
}
