import type { CompletionRow } from "./completion/rows";
import { readWritten, reasoningOf } from "./completion/written";
import type { CompletionState } from "./contract";

/** A completion as it is now. What the log says comes before what the row has not heard of yet. */
export async function stateOf(row: CompletionRow): Promise<CompletionState> {
  const written = await readWritten(row.id);
  const { text, parts, firstTokenAt, end, endedAt } = written;
  const since = (at: Date | null) => at && Math.max(0, at.getTime() - row.createdAt.getTime());
  return {
    id: row.id,
    status: end?.status ?? "running",
    prompt: row.messages.at(-1)?.content ?? "",
    chatId: row.chatId,
    text,
    reasoning: reasoningOf(written),
    toolCalls: parts.flatMap((part) => {
      if (part.type !== "tool") return [];
      const { type: _, ...call } = part;
      return [call];
    }),
    sources: parts.flatMap((part) =>
      part.type === "source" ? [{ url: part.url, title: part.title }] : [],
    ),
    reason: end?.reason ?? null,
    instance: row.instance,
    takeovers: row.epoch - 1,
    usage: end?.usage ?? null,
    timings: {
      createdAt: row.createdAt.toISOString(),
      firstTokenMs: since(firstTokenAt),
      totalMs: since(endedAt),
    },
    error: end?.failure ?? null,
  };
}
