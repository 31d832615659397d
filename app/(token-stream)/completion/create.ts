import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { HttpError } from "@/lib/http";
import { completionLimits } from "../contract";
import { startProducer } from "./producer";
import { model } from "./provider";
import { type CompletionRow, insertRow, type ModelMessage } from "./rows";

export interface NewCompletion {
  userId: string;
  chatId: string | null;
  /** What the model is asked, in the same transaction as the limits. */
  messages(client: PoolClient): Promise<ModelMessage[]>;
}

/**
 * Stores a completion and starts its producer, which goes on whether anybody reads it or not.
 * @throws HttpError 429 (too many running, or the day's tokens are spent), 503 (no model)
 */
export async function createCompletion(wanted: NewCompletion): Promise<CompletionRow> {
  const { userId, chatId } = wanted;
  model();
  const client = await pool().connect();
  try {
    await client.query("BEGIN");
    // One at a time for each user: two that come together must not both be the third.
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 4))", [userId]);
    await assertLimits(client, userId);
    const messages = await wanted.messages(client);
    const row = await insertRow(client, { id: randomUUID(), userId, chatId, messages });
    await client.query("COMMIT");
    startProducer(row);
    return row;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function assertLimits(client: PoolClient, userId: string): Promise<void> {
  const { running, outputTokens, tokensPerDay } = completionLimits;
  const { rows } = await client.query<{ running: number; spent: number; left: number }>(
    `SELECT count(*) FILTER (WHERE status = 'running')::int AS running,
            coalesce(sum(CASE status WHEN 'running' THEN $2 ELSE tokens END)
                     FILTER (WHERE created_at >= date_trunc('day', now(), 'UTC')), 0)::int AS spent,
            ceil(extract(epoch FROM date_trunc('day', now(), 'UTC') + interval '1 day' - now()))::int
              AS left
       FROM completion
      WHERE user_id = $1
        AND (status = 'running' OR created_at >= date_trunc('day', now(), 'UTC'))`,
    [userId, outputTokens],
  );
  const { running: now = 0, spent = 0, left = 0 } = rows[0] ?? {};
  if (now >= running)
    throw new HttpError(
      429,
      "too-many-completions",
      `At most ${running} answers are made for you at once. Wait for one, or stop it.`,
      { headers: { "retry-after": "5" }, members: { limit: running } },
    );
  if (spent >= tokensPerDay)
    throw new HttpError(
      429,
      "token-budget-spent",
      `Your ${tokensPerDay} tokens of today are spent. They are new at midnight, UTC.`,
      { headers: { "retry-after": String(left) }, members: { limit: tokensPerDay, spent } },
    );
}
