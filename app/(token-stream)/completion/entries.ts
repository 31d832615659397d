import { z } from "zod";
import { log } from "@/lib/log";
import type { Appended, LogEntry } from "@/lib/log/types";
import { failureSchema, usageSchema } from "../contract";

// What the log holds of a completion. The tokens and the end are one chain: each is stored under
// the key of the offset (in UTF-16 units) where it begins, and a key is stored once. So an append
// says "provided nobody has written at my place": a producer that was thought dead and comes back
// finds its place taken, whatever it holds. No token comes twice, no two texts mix, and nothing
// follows an end.

const begin = z.object({ type: z.literal("begin") });
const tokens = z.object({
  type: z.literal("tokens"),
  text: z.string(),
  offset: z.number(),
  /** Tokens in `text`. */
  count: z.number(),
  epoch: z.number(),
});
const continued = z.object({
  type: z.literal("continued"),
  instance: z.string(),
  epoch: z.number(),
});
const end = z.object({
  type: z.literal("end"),
  offset: z.number(),
  epoch: z.number(),
  status: z.enum(["done", "stopped", "failed"]),
  reason: z.string(),
  usage: usageSchema.nullable(),
  failure: failureSchema.nullable(),
});
const entrySchema = z.discriminatedUnion("type", [begin, tokens, continued, end]);

export type CompletionEntry = z.infer<typeof entrySchema>;
export type TokensEntry = z.infer<typeof tokens>;
export type EndEntry = z.infer<typeof end>;

const PAGE = 500;

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
 * Appends under the entry's key. A repetition after a lost answer is recognised by its epoch: the
 * place may have been taken by this very producer.
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
  return JSON.stringify(stored) === JSON.stringify(entrySchema.parse(entry));
}

/** What the log says of a completion: everything but what its row says. */
export interface Written {
  text: string;
  tokens: number;
  firstTokenAt: Date | null;
  end: EndEntry | null;
  endedAt: Date | null;
}

export const nothingWritten = (): Written => ({
  text: "",
  tokens: 0,
  firstTokenAt: null,
  end: null,
  endedAt: null,
});

/** Reads a completion from the log. */
export async function readWritten(id: string): Promise<Written> {
  const written = nothingWritten();
  for (let after = 0; ; ) {
    const { entries } = await log().read(streamOf(id), after, PAGE);
    for (const one of entries) {
      const entry = parseEntry(one);
      if (entry.type === "tokens") {
        written.text += entry.text;
        written.tokens += entry.count;
        written.firstTokenAt ??= one.at;
      } else if (entry.type === "end") {
        written.end = entry;
        written.endedAt = one.at;
      }
    }
    if (entries.length < PAGE) return written;
    after = entries.at(-1)?.seq ?? after;
  }
}
