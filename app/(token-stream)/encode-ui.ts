import type { UIMessageChunk } from "ai";
import { encodeEvent } from "@/lib/sse";
import type { CompletionEntry } from "./completion/entries";
import type { Encode } from "./completion/feed";

/** Beside the stream's own headers: which protocol it speaks. */
export const uiHeaders = { "x-vercel-ai-ui-message-stream": "v1" };

const TEXT = "text";

/** An entry of the log as chunks of the AI SDK's UI message stream, for the message `id`. */
export function toChunks(id: string, entry: CompletionEntry): UIMessageChunk[] {
  switch (entry.type) {
    case "begin":
      return [
        { type: "start", messageId: id, messageMetadata: { status: "running" } },
        { type: "start-step" },
        { type: "text-start", id: TEXT },
      ];
    case "tokens":
      return [{ type: "text-delta", id: TEXT, delta: entry.text }];
    case "continued":
      return [{ type: "data-continued", data: { instance: entry.instance }, transient: true }];
    case "end":
      return [{ type: "text-end", id: TEXT }, { type: "finish-step" }, ...endOf(entry)];
  }
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
export const encodeUi =
  (id: string): Encode =>
  (entry) => {
    const frames = toChunks(id, entry).map((chunk) => encodeEvent({ data: JSON.stringify(chunk) }));
    return frames.join("") + (entry.type === "end" ? encodeEvent({ data: "[DONE]" }) : "");
  };
