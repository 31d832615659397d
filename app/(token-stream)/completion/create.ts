import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { inTransaction } from "@/lib/db/transaction";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { completionLimits } from "../contract";
import { requireModel } from "../provider/model";
import { startProducer } from "./producer";
import { type CompletionRow, lockUser, type ModelMessage, type Refused, startRows } from "./rows";
import { withAnswerSlot } from "./slots";
import { starts } from "./starts";

export interface NewCompletion {
  userId: string;
  /** A keyed digest of the address that asks. */
  address: string;
  chatId: string | null;
  /** What the model is asked; or finds it out, in the same transaction as the limits. */
  messages: ModelMessage[] | ((client: PoolClient) => Promise<ModelMessage[]>);
}

/**
 * Stores a completion and starts its producer, which goes on whether anybody reads it or not.
 * @throws HttpError 429 (too many running, or the day's tokens are spent), 503 (no model, or
 *   this instance makes all it can)
 */
export async function createCompletion(wanted: NewCompletion): Promise<CompletionRow> {
  requireModel();
  return withAnswerSlot(async () => {
    const row = await store(wanted);
    startProducer(row);
    return row;
  });
}

function store({ messages, ...rest }: NewCompletion): Promise<CompletionRow> {
  const fresh = (asked: ModelMessage[]) => ({ id: randomUUID(), ...rest, messages: asked });
  if (typeof messages !== "function") return starts()(fresh(messages)).then(accepted);
  return inTransaction(pool(), async (client) => {
    // One at a time for each user, before the conversation is looked at, too.
    await lockUser(client, rest.userId);
    const row = fresh(await messages(client));
    return accepted((await startRows(client, [row], true)).get(row.id));
  });
}

function accepted(started: CompletionRow | Refused | undefined): CompletionRow {
  if (!started) throw new Error("a start without an answer");
  if ("spent" in started) throw refusal(started);
  return started;
}

function refusal({ running, spent, secondsLeft, ofAddress }: Refused): HttpError {
  const factor = ofAddress ? env().ADDRESS_LIMIT_FACTOR : 1;
  const whose = ofAddress ? "everybody at your address" : "you";
  const limit = completionLimits.running * factor;
  if (running >= limit)
    return new HttpError(
      429,
      "too-many-completions",
      `At most ${limit} answers are made for ${whose} at once. Wait for one, or stop it.`,
      { headers: { "retry-after": "5" }, members: { limit } },
    );
  const tokens = completionLimits.tokensPerDay * factor;
  return new HttpError(
    429,
    "token-budget-spent",
    `The ${tokens} tokens of today for ${whose} are spent. They are new at midnight, UTC.`,
    { headers: { "retry-after": String(secondsLeft) }, members: { limit: tokens, spent } },
  );
}
