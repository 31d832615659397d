import { completionLimits } from "../contract";
import { runOnce } from "./ledger";
import { searchTool } from "./search-documents";

/** A call as it stands in the log. */
export interface Call {
  id: string;
  name: string;
  input: unknown;
}

/** Each tool runs on the server, by its name. */
const tools: Record<string, (input: unknown) => unknown> = { [searchTool.name]: searchTool.run };

/**
 * Runs a call once (ledger.ts), whichever process comes to it.
 * @returns its output, or why it failed, which is what the model is told
 */
export async function runCall(
  completionId: string,
  { id, name, input }: Call,
): Promise<{ output: unknown } | { error: string }> {
  const run = tools[name];
  if (!run) return { error: `There is no tool called ${name.slice(0, 64)}.` };
  try {
    const output = await runOnce({ completionId, id, name, input }, () => run(input));
    if (bytesOf(output) > completionLimits.toolBytes) return { error: "The result is too large." };
    return { output };
  } catch (error) {
    return { error: error instanceof Error ? error.message.slice(0, 500) : "The tool failed." };
  }
}

/** Bytes of a value as JSON, in UTF-8. */
export const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? "");
