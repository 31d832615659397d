import type { UIMessageChunk } from "ai";
import { encodeEvent } from "@/lib/sse";
import type { CompletionEntry } from "./completion/entries";
import type { Encode } from "./completion/feed";

/** Beside the stream's own headers: which protocol it speaks. */
export const uiHeaders = { "x-vercel-ai-ui-message-stream": "v1" };

/**
 * Entries of the log as chunks of the AI SDK's UI message stream, for the message `id`: one reader's, from
 * the first entry on. Runs of text and of reasoning are blocks, each with a start and an end; a tool's call
 * ends a step of the model, and what follows its result begins the next.
 */
export function createChunker(id: string): (entry: CompletionEntry) => UIMessageChunk[] {
  let block: { type: "text" | "reasoning"; id: string } | undefined;
  let count = 0;
  let isInStep = true;
  let sources = 0;

  /** Ends the block that is open, and begins the one that is wanted. */
  function open(type: "text" | "reasoning" | undefined): UIMessageChunk[] {
    if (block?.type === type) return [];
    const end = block && ([{ type: `${block.type}-end`, id: block.id }] as UIMessageChunk[]);
    block = type && { type, id: `${type}-${++count}` };
    const begin = block && ([{ type: `${block.type}-start`, id: block.id }] as UIMessageChunk[]);
    return [...(end ?? []), ...(begin ?? [])];
  }

  /** What the model says after its tools is another step. */
  function step(): UIMessageChunk[] {
    if (isInStep) return [];
    isInStep = true;
    return [{ type: "finish-step" }, { type: "start-step" }];
  }

  const delta = (type: "text" | "reasoning", text: string): UIMessageChunk[] => [
    ...step(),
    ...open(type),
    { type: `${type}-delta`, id: block?.id ?? type, delta: text },
  ];

  return (entry) => {
    switch (entry.type) {
      case "begin":
        return [
          { type: "start", messageId: id, messageMetadata: { status: "running" } },
          { type: "start-step" },
        ];
      case "tokens":
        return delta("text", entry.text);
      case "reasoning":
        return delta("reasoning", entry.text);
      case "tool-call": {
        const { id: toolCallId, name: toolName, input } = entry;
        return [...open(undefined), { type: "tool-input-available", toolCallId, toolName, input }];
      }
      case "tool-result": {
        isInStep = false;
        const { id: toolCallId, output, error } = entry;
        return error === undefined
          ? [{ type: "tool-output-available", toolCallId, output }]
          : [{ type: "tool-output-error", toolCallId, errorText: error }];
      }
      case "source": {
        const { url, title } = entry;
        const sourceId = `source-${++sources}`;
        return [...open(undefined), { type: "source-url", sourceId, url, title }];
      }
      case "continued":
        return [{ type: "data-continued", data: { instance: entry.instance }, transient: true }];
      case "end":
        return [...open(undefined), { type: "finish-step" }, ...endOf(entry)];
    }
  };
}

function endOf(entry: Extract<CompletionEntry, { type: "end" }>): UIMessageChunk[] {
  const messageMetadata = { status: entry.status };
  const metadata: UIMessageChunk = { type: "message-metadata", messageMetadata };
  if (entry.failure) return [metadata, { type: "error", errorText: entry.failure.detail }];
  if (entry.status === "stopped") return [metadata, { type: "abort", reason: "stopped" }];
  return [{ type: "finish", finishReason: finishReasonOf(entry.reason), messageMetadata }];
}

const finishReasonOf = (reason: string) =>
  reason === "stop" || reason === "length" || reason === "content-filter" ? reason : "other";

/** The same as server-sent events, as JsonToSseTransformStream of the SDK writes them. */
export function encodeUi(id: string): Encode {
  const chunksOf = createChunker(id);
  return (entry) => {
    const frames = chunksOf(entry).map((chunk) => encodeEvent({ data: JSON.stringify(chunk) }));
    return frames.join("") + (entry.type === "end" ? encodeEvent({ data: "[DONE]" }) : "");
  };
}
