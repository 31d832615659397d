import type { WrittenPart } from "./completion/written";
import type { MessagePart } from "./contract";

/** An answer's parts as the AI SDK's UIMessage has them: what its own client makes of the stream. */
export function toMessageParts(parts: readonly WrittenPart[]): MessagePart[] {
  const sources = parts.filter(({ type }) => type === "source");
  return parts.map((part) => toMessagePart(part, `source-${sources.indexOf(part) + 1}`));
}

function toMessagePart(part: WrittenPart, sourceId: string): MessagePart {
  if (part.type === "text" || part.type === "reasoning")
    return { type: part.type, text: part.text };
  if (part.type === "source")
    return { type: "source-url", sourceId, url: part.url, title: part.title };
  const { id, name, input, output, error } = part;
  const call = { type: `tool-${name}` as const, toolCallId: id, input };
  if (error !== undefined) return { ...call, state: "output-error", errorText: error };
  if (output === undefined) return { ...call, state: "input-available" };
  return { ...call, state: "output-available", output };
}
