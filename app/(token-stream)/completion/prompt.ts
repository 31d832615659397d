import type { AssistantModelMessage, ModelMessage, ToolModelMessage } from "ai";
import type { CompletionRow } from "./rows";
import type { ToolPart, Written, WrittenPart } from "./written";

type AssistantParts = Exclude<AssistantModelMessage["content"], string>;

/**
 * What the model is asked: the conversation, then what there is of the answer already. After a takeover the
 * model goes on where the log ends, with the tools' results that are stored, so none is asked for twice.
 */
export function promptOf({ messages }: CompletionRow, { parts }: Written): ModelMessage[] {
  const prompt: ModelMessage[] = messages.map(({ role, content }) => ({ role, content }));
  for (let rest = parts; rest.length > 0; ) {
    const firstTool = rest.findIndex(({ type }) => type === "tool");
    const before = firstTool < 0 ? rest : rest.slice(0, firstTool);
    const after = rest.slice(before.length);
    const afterTools = after.findIndex(({ type }) => type !== "tool" && type !== "source");
    const calls = after
      .slice(0, afterTools < 0 ? after.length : afterTools)
      .filter((part) => part.type === "tool");
    prompt.push(...stepOf(before, calls));
    rest = afterTools < 0 ? [] : after.slice(afterTools);
  }
  return prompt;
}

/** One step of the answer: what the model said, what it called, and what it was told. */
function stepOf(said: WrittenPart[], calls: ToolPart[]): ModelMessage[] {
  // Reasoning is sent back with the calls that it led to, as models that reason want it, and not else.
  const content = said.flatMap(
    (part): AssistantParts =>
      part.type === "text" || (part.type === "reasoning" && calls.length > 0)
        ? [{ type: part.type, text: part.text }]
        : [],
  );
  const assistant: AssistantParts = [
    ...content,
    ...calls.map(({ id, name, input }) => ({
      type: "tool-call" as const,
      toolCallId: id,
      toolName: name,
      input,
    })),
  ];
  if (assistant.length === 0) return [];
  const results: ToolModelMessage["content"] = calls.map(({ id, name, output, error }) => ({
    type: "tool-result",
    toolCallId: id,
    toolName: name,
    output:
      error === undefined
        ? { type: "json", value: (output ?? null) as never }
        : { type: "error-text", value: error },
  }));
  return [
    { role: "assistant", content: assistant },
    ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
  ];
}
