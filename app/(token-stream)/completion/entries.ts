import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { log } from "@/lib/log";
import type { Appended, LogEntry } from "@/lib/log/types";
import { failureSchema, sourceSchema, toolCallSchema, usageSchema } from "../contract";

// What the log holds of a completion. Everything that a producer writes after the beginning is one chain:
// each entry is stored under the key of the position where it begins, and a key is stored once. So an
// append says "provided that nothing has been written at my position": a producer that was thought dead and
// comes back finds its position taken, whatever it holds. No token comes twice, no two texts mix, no tool's
// result is stored twice, and nothing follows an end.
//
// A position counts the UTF-16 units of text and reasoning before it, and one for each other entry.

const position = { offset: z.number(), epoch: z.number() };

const begin = z.object({ type: z.literal("begin") });
const piece = { text: z.string(), /** Tokens in `text`. */ count: z.number(), ...position };
const tokens = z.object({ type: z.literal("tokens"), ...piece });
const reasoning = z.object({ type: z.literal("reasoning"), ...piece });
const toolCall = z.object({
  type: z.literal("tool-call"),
  ...toolCallSchema.pick({ id: true, name: true, input: true }).shape,
  ...position,
});
const toolResult = z.object({
  type: z.literal("tool-result"),
  ...toolCallSchema.pick({ id: true, output: true, error: true }).shape,
  ...position,
});
const source = z.object({ type: z.literal("source"), ...sourceSchema.shape, ...position });
const continued = z.object({
  type: z.literal("continued"),
  instance: z.string(),
  epoch: z.number(),
});
const end = z.object({
  type: z.literal("end"),
  ...position,
  status: z.enum(["done", "stopped", "failed"]),
  reason: z.string(),
  usage: usageSchema.nullable(),
  failure: failureSchema.nullable(),
});
const entrySchema = z.discriminatedUnion("type", [
  begin,
  tokens,
  reasoning,
  toolCall,
  toolResult,
  source,
  continued,
  end,
]);

export type CompletionEntry = z.infer<typeof entrySchema>;
export type TokensEntry = z.infer<typeof tokens>;
export type EndEntry = z.infer<typeof end>;
/** What stands in the chain before the end. */
export type ChainEntry = Extract<
  CompletionEntry,
  { type: "tokens" | "reasoning" | "tool-call" | "tool-result" | "source" }
>;

/** How far an entry moves the position. */
export const lengthOf = (entry: Pick<ChainEntry, "type"> & { text?: string }): number =>
  entry.type === "tokens" || entry.type === "reasoning" ? (entry.text?.length ?? 0) : 1;

/** The log stream of a completion. */
export const streamOf = (id: string) => `completion:${id}`;

/** @throws ZodError where the log holds something else */
export const parseEntry = ({ type, data }: LogEntry): CompletionEntry =>
  entrySchema.parse({ ...(data as object), type });

function keyOf(entry: CompletionEntry): string {
  if (entry.type === "begin") return "begin";
  return entry.type === "continued" ? `epoch:${entry.epoch}` : `at:${entry.offset}`;
}

/**
 * Appends under the entry's key. A repetition after a lost answer is recognised by its content, the epoch
 * included: the position may have been taken by this very producer.
 * @returns whether the entry is in the log as this producer's
 */
export async function appendEntry(id: string, entry: CompletionEntry): Promise<boolean> {
  const { type, ...data } = entry;
  const appended = await log().append(streamOf(id), type, data, keyOf(entry));
  return appended.fresh || type === "begin" || isOwn(id, entry, appended);
}

async function isOwn(id: string, entry: CompletionEntry, { seq }: Appended): Promise<boolean> {
  const { entries } = await log().read(streamOf(id), seq - 1, 1);
  const stored = entries[0] && parseEntry(entries[0]);
  return isDeepStrictEqual(stored, entrySchema.parse(entry));
}
