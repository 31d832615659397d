import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { inTransaction } from "@/lib/db/transaction";
import { HttpError } from "@/lib/http";
import { completionLimits } from "../contract";
import { startProducer } from "./producer";
import { model } from "./provider";
import { type CompletionRow, lockUser, type ModelMessage, type Refused, startRows } from "./rows";
import { starts } from "./starts";

export interface NewCompletion {
  userId: string;
  chatId: string | null;
  /** What the model is asked; or finds it out, in the same transaction as the limits. */
  messages: ModelMessage[] | ((client: PoolClient) => Promise<ModelMessage[]>);
}

/**
 * Stores a completion and starts its producer, which goes on whether anybody reads it or not.
 * @throws HttpError 429 (too many running, or the day's tokens are spent), 503 (no model)
 */
export async function createCompletion(wanted: NewCompletion): Promise<CompletionRow> {
  const { userId, chatId, messages } = wanted;
  model();
  const fresh = (asked: ModelMessage[]) => ({ id: randomUUID(), userId, chatId, messages: asked });
  const row = await (typeof messages === "function"
    ? inTransaction(pool(), async (client) => {
        // One at a time for each user, before the conversation is looked at, too.
        await lockUser(client, userId);
        const wanted = fresh(await messages(client));
        return accepted((await startRows(client, [wanted])).get(wanted.id));
      })
    : starts()(fresh(messages)).then(accepted));
  startProducer(row);
  return row;
}

function accepted(started: CompletionRow | Refused | undefined): CompletionRow {
  if (!started) throw new Error("a start without an answer");
  if ("spent" in started) throw refusal(started);
  return started;
}

function refusal({ running, spent, secondsLeft }: Refused): HttpError {
  const { running: limit, tokensPerDay } = completionLimits;
  if (running >= limit)
    return new HttpError(
      429,
      "too-many-completions",
      `At most ${limit} answers are made for you at once. Wait for one, or stop it.`,
      { headers: { "retry-after": "5" }, members: { limit } },
    );
  return new HttpError(
    429,
    "token-budget-spent",
    `Your ${tokensPerDay} tokens of today are spent. They are new at midnight, UTC.`,
    { headers: { "retry-after": String(secondsLeft) }, members: { limit: tokensPerDay, spent } },
  );
}
