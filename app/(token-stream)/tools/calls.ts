import type { Writer } from "../completion/writer";
import type { Written } from "../completion/written";
import { completionLimits } from "../contract";
import { ProviderError } from "../provider/failures";
import { bytesOf, type Call, runCall } from "./run";

/** A call as the SDK has it: its id is the provider's. */
interface ModelCall {
  toolCallId: string;
  toolName: string;
  input: unknown;
}

/**
 * The tool calls of one answer. A call is stored, then its tool runs, then its result is stored: a process that
 * takes over finds both, or a call that it has still to run.
 *
 * The SDK runs the tools of a step when the model has ended it; the calls come to the reader of the stream
 * before or after that. So each run waits until its call is stored.
 */
export function createCalls(completionId: string, { parts }: Written, writer: Writer) {
  const before = parts.filter((part) => part.type === "tool");
  let count = before.length;
  const calls = new Map<string, PromiseWithResolvers<Call>>();

  function callOf(toolCallId: string): PromiseWithResolvers<Call> {
    const known = calls.get(toolCallId) ?? Promise.withResolvers<Call>();
    calls.set(toolCallId, known);
    return known;
  }

  async function store({ toolName, input }: ModelCall): Promise<Call> {
    if (bytesOf(input) > completionLimits.toolBytes) throw new ProviderError("provider-too-large");
    const call = { id: `call-${++count}`, name: toolName.slice(0, 64), input: input ?? null };
    await writer.put({ type: "tool-call", ...call });
    return call;
  }

  async function run(call: Call) {
    const result = await runCall(completionId, call);
    await writer.put({ type: "tool-result", id: call.id, ...result });
    return result;
  }

  return {
    /** Calls that the model may still make. */
    left: () => completionLimits.toolCalls - count,
    /** Runs what a producer before this one has called, and not come to the end of. */
    async runPending(): Promise<void> {
      for (const call of before)
        if (call.output === undefined && call.error === undefined)
          Object.assign(call, await run(call));
    },
    /** Stores a call where it stands in the stream, behind the text before it. */
    async announce(call: ModelCall): Promise<void> {
      callOf(call.toolCallId).resolve(await store(call));
    },
    /** Runs a call for the SDK, once it is stored, and stores its result. */
    async execute(toolCallId: string, signal: AbortSignal | undefined): Promise<unknown> {
      signal?.throwIfAborted();
      const { promise, reject } = callOf(toolCallId);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      const result = await run(await promise);
      // A provider may give the same id to a call of the next step.
      calls.delete(toolCallId);
      if ("error" in result) throw new Error(result.error);
      return result.output;
    },
    /** Stores a call that cannot be run, and why; the SDK tells the model the same. */
    async refuse(call: ModelCall, error: unknown): Promise<void> {
      const { id } = await store(call);
      const text = error instanceof Error ? error.message : "The call is invalid.";
      await writer.put({ type: "tool-result", id, error: text.slice(0, 500) });
    },
  };
}
