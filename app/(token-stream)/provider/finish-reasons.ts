/**
 * What providers write as `finish_reason`, in lower case with `_`, and what it means. The SDK knows OpenAI's
 * five words, and has `other` for all the rest; but half of the rest are failures. What is not in this
 * table is not success.
 */
const meanings: Record<string, Meaning> = {
  stop: "complete",
  // Words of a model's own that pass through some servers.
  eos: "complete",
  end_turn: "complete",
  stop_sequence: "complete",
  complete: "complete",

  length: "length",
  max_tokens: "length",
  model_length: "length",
  max_output_tokens: "length",
  model_context_window_exceeded: "length",
  context_length_exceeded: "length",

  content_filter: "filtered",
  content_filtered: "filtered",
  guardrail_intervened: "filtered",
  safety: "filtered",
  sensitive: "filtered",
  refusal: "filtered",
  recitation: "filtered",
  prohibited_content: "filtered",
  blocklist: "filtered",
  spii: "filtered",

  tool_calls: "tools",
  function_call: "tools",
  tool_use: "tools",

  error: "failed",
  abort: "failed",
  network_error: "failed",
  malformed_function_call: "failed",
  malformed_tool_call: "failed",
  unexpected_tool_call: "failed",
  insufficient_system_resource: "busy",
};

export type Meaning = "complete" | "length" | "filtered" | "tools" | "failed" | "busy" | "unknown";

/** @param word as the provider wrote it, whatever its case */
export const meaningOf = (word: string): Meaning =>
  meanings[word.toLowerCase().replaceAll("-", "_")] ?? "unknown";
