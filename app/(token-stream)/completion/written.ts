import { log } from "@/lib/log";
import type { Source, ToolCall } from "../contract";
import {
  type ChainEntry,
  type CompletionEntry,
  type EndEntry,
  lengthOf,
  parseEntry,
  streamOf,
} from "./entries";

/** Entries that are read from the log at once. */
const PAGE = 500;

/** A part of an answer as it was written: a run of text or of reasoning, or a tool's call with its result. */
export type WrittenPart =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  | ToolPart
  | SourcePart;
export interface ToolPart extends ToolCall {
  type: "tool";
}
interface SourcePart extends Source {
  type: "source";
}

/** What the log says of a completion: everything but what its row says. */
export interface Written {
  /** In the order in which they came; a tool's result is with its call. */
  parts: WrittenPart[];
  /** The text of the answer, in one. */
  text: string;
  /** Tokens of text and reasoning. */
  tokens: number;
  /** Where the next entry goes. */
  offset: number;
  /** When the first token came, of the text or of the reasoning. */
  firstTokenAt: Date | null;
  end: EndEntry | null;
  endedAt: Date | null;
}

export const nothingWritten = (): Written => ({
  parts: [],
  text: "",
  tokens: 0,
  offset: 0,
  firstTokenAt: null,
  end: null,
  endedAt: null,
});

/** Reads a completion from the log. */
export async function readWritten(id: string): Promise<Written> {
  const written = nothingWritten();
  for (let after = 0; ; ) {
    const { entries } = await log().read(streamOf(id), after, PAGE);
    for (const one of entries) add(written, parseEntry(one), one.at);
    if (entries.length < PAGE) return written;
    after = entries.at(-1)?.seq ?? after;
  }
}

/** The parts of an answer that these entries are. */
export function partsOf(entries: readonly CompletionEntry[]): WrittenPart[] {
  const written = nothingWritten();
  for (const entry of entries) add(written, entry, new Date());
  return written.parts;
}

function add(written: Written, entry: CompletionEntry, at: Date): void {
  if (entry.type === "begin" || entry.type === "continued") return;
  if (entry.type === "end") {
    written.end = entry;
    written.endedAt = at;
    return;
  }
  addPart(written.parts, entry);
  written.offset += lengthOf(entry);
  if (entry.type === "tokens") written.text += entry.text;
  if (entry.type === "tokens" || entry.type === "reasoning") {
    written.tokens += entry.count;
    written.firstTokenAt ??= at;
  }
}

function addPart(parts: WrittenPart[], entry: ChainEntry): void {
  switch (entry.type) {
    case "tokens":
    case "reasoning": {
      const type = entry.type === "tokens" ? "text" : "reasoning";
      const last = parts.at(-1);
      if (last?.type === type) last.text += entry.text;
      else parts.push({ type, text: entry.text });
      return;
    }
    case "tool-call": {
      const { id, name, input } = entry;
      parts.push({ type: "tool", id, name, input });
      return;
    }
    case "tool-result": {
      const { id, output, error } = entry;
      const call = parts.find((part) => part.type === "tool" && part.id === id);
      if (call) Object.assign(call, error === undefined ? { output } : { error });
      return;
    }
    case "source":
      parts.push({ type: "source", url: entry.url, title: entry.title });
  }
}

/** The reasoning of an answer, in one. */
export const reasoningOf = ({ parts }: Written): string =>
  parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
