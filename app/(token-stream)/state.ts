import { readWritten } from "./completion/entries";
import type { CompletionRow } from "./completion/rows";
import type { CompletionState } from "./contract";

/** A completion as it is now. What the log says comes before what the row has not heard of yet. */
export async function stateOf(row: CompletionRow): Promise<CompletionState> {
  const { text, firstTokenAt, end, endedAt } = await readWritten(row.id);
  const since = (at: Date | null) => at && Math.max(0, at.getTime() - row.createdAt.getTime());
  return {
    id: row.id,
    status: end?.status ?? "running",
    prompt: row.messages.at(-1)?.content ?? "",
    chatId: row.chatId,
    text,
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
