import type { PoolClient } from "pg";
import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { lifecycle } from "@/lib/lifecycle";
import { completionLimits, statuses } from "../contract";
import { toMessageParts } from "../message-parts";
import type { EndEntry } from "./entries";
import type { Written } from "./written";

/** How long a producer that shows no life keeps its completion. It shows it every second. */
const LEASE = "2500 milliseconds";
const TAKE = 20;

const modelMessage = z.object({ role: z.enum(["user", "assistant"]), content: z.string() });
export type ModelMessage = z.infer<typeof modelMessage>;

const rowSchema = z.object({
  id: z.string(),
  userId: z.string(),
  chatId: z.string().nullable(),
  messages: z.array(modelMessage),
  status: z.enum(statuses),
  epoch: z.number(),
  instance: z.string(),
  stopRequested: z.boolean(),
  createdAt: z.date(),
});
export type CompletionRow = z.infer<typeof rowSchema>;

const COLUMNS = `id, user_id AS "userId", chat_id AS "chatId", messages, status, epoch, instance,
  stop_requested AS "stopRequested", created_at AS "createdAt"`;

/** What is running, and is spent of today, where that is too much for another one. */
export interface Refused {
  /** It is that of all guests of the user's address; else that of the user. */
  ofAddress: boolean;
  running: number;
  spent: number;
  secondsLeft: number;
}

/** In this transaction, nobody else asks for this user (prisma/migrations, completion_start). */
export const lockUser = (client: PoolClient, userId: string) =>
  client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 4))", [userId]);

export interface NewRow extends Pick<CompletionRow, "id" | "userId" | "chatId" | "messages"> {
  /** A keyed digest of the address that asks (lib/rate-limit/caller.ts). */
  address: string;
}

/**
 * New completions, leased to this process, where the limits allow them. One statement for all of it. Those of
 * a user or an address for which somebody else asks at this moment are left out, unless it is to `wait`:
 * nobody stands behind another user's lock, and two processes never wait for each other.
 */
export async function startRows(
  db: Pick<PoolClient, "query">,
  wanted: readonly NewRow[],
  wait = false,
): Promise<Map<string, CompletionRow | Refused>> {
  const { outputTokens, running, tokensPerDay } = completionLimits;
  const { INSTANCE_NAME: instance, ADDRESS_LIMIT_FACTOR: factor } = env();
  const { rows } = await db.query<Refused & { id: string; createdAt: Date | null }>({
    name: "completion_start",
    text: `WITH free AS MATERIALIZED (
             SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::json[])
                           AS w (id, user_id, address, chat_id, messages)
              WHERE $6 OR (pg_try_advisory_xact_lock(hashtextextended(user_id::text, 4))
                     AND ($13 = 0 OR pg_try_advisory_xact_lock(hashtextextended(address, 5)))))
           SELECT w.id, s.running, s.spent, s.seconds_left AS "secondsLeft",
                  s.of_address AS "ofAddress", s.created_at AS "createdAt"
             FROM free w
            CROSS JOIN LATERAL completion_start(
                  w.id, w.user_id, w.address, w.chat_id, w.messages, $7, $8, $9, $10, $11, $12, $13) s`,
    values: [
      wanted.map(({ id }) => id),
      wanted.map(({ userId }) => userId),
      wanted.map(({ address }) => address),
      wanted.map(({ chatId }) => chatId),
      wanted.map(({ messages }) => JSON.stringify(messages)),
      ...[wait, lifecycle().bootId, LEASE, instance, outputTokens, running, tokensPerDay, factor],
    ],
  });
  const asked = new Map(wanted.map((one) => [one.id, one]));
  const fresh = { status: "running", epoch: 1, stopRequested: false } as const;
  return new Map(
    rows.map(({ id, createdAt, ...refused }) => {
      const one = asked.get(id) as NewRow;
      return [id, createdAt ? { ...one, instance, createdAt, ...fresh } : refused];
    }),
  );
}

/** A user's own completion; undefined for another's, and for none. */
export async function findRow(id: string, userId: string): Promise<CompletionRow | undefined> {
  if (!z.uuid().safeParse(id).success) return undefined;
  const { rows } = await pool().query(
    `SELECT ${COLUMNS} FROM completion WHERE id = $1 AND user_id = $2`,
    [id, userId],
  );
  return rows[0] && rowSchema.parse(rows[0]);
}

/** What a conversation is waiting for. */
export async function findRunning(chatId: string, userId: string): Promise<string | undefined> {
  const { rows } = await pool().query<{ id: string }>(
    `SELECT id FROM completion WHERE user_id = $1 AND chat_id = $2 AND status = 'running'
      ORDER BY created_at DESC LIMIT 1`,
    [userId, chatId],
  );
  return rows[0]?.id;
}

export interface Renewed {
  id: string;
  epoch: number;
  stopRequested: boolean;
}

/** Shows life: renews what this process makes. What it does not answer is ours no more. */
export async function renewLeases(ids: string[]): Promise<Renewed[]> {
  const { rows } = await pool().query<Renewed>(
    `UPDATE completion SET lease_until = now() + $2::interval
      WHERE status = 'running' AND lease_owner = $1 AND id = ANY ($3::uuid[])
      RETURNING id, epoch, stop_requested AS "stopRequested"`,
    [lifecycle().bootId, LEASE, ids],
  );
  return rows;
}

/** Takes over what nobody shows life for. Each row goes to one process, under its next epoch. */
export async function takeOver(): Promise<CompletionRow[]> {
  const { rows } = await pool().query(
    `UPDATE completion SET lease_owner = $1, lease_until = now() + $2::interval, instance = $3,
            epoch = epoch + 1
      WHERE id IN (SELECT id FROM completion WHERE status = 'running' AND lease_until < now()
                    ORDER BY lease_until LIMIT $4 FOR UPDATE SKIP LOCKED)
      RETURNING ${COLUMNS}`,
    [lifecycle().bootId, LEASE, env().INSTANCE_NAME, TAKE],
  );
  return rows.map((row) => rowSchema.parse(row));
}

/** Gives a completion back: whoever looks next takes it. */
export async function release({ id, epoch }: CompletionRow): Promise<void> {
  await pool().query(
    `UPDATE completion SET lease_owner = NULL, lease_until = '-infinity'
      WHERE id = $1 AND epoch = $2 AND lease_owner = $3 AND status = 'running'`,
    [id, epoch, lifecycle().bootId],
  );
}

/** @returns the status, or undefined where there is no such completion of that user */
export async function requestStop(id: string, userId: string): Promise<string | undefined> {
  const row = await findRow(id, userId);
  if (row?.status !== "running") return row?.status;
  await pool().query(
    "UPDATE completion SET stop_requested = true WHERE id = $1 AND status = 'running'",
    [id],
  );
  return "stopping";
}

/** Whether the row says so: the log may know better. */
export async function isRunning(id: string): Promise<boolean> {
  const { rowCount } = await pool().query({
    name: "completion_is_running",
    text: "SELECT 1 FROM completion WHERE id = $1 AND status = 'running'",
    values: [id],
  });
  return rowCount !== 0;
}

/** Stores the end, once, and with it the assistant's message. */
export async function finishRow(id: string, written: Written, end: EndEntry) {
  const { text, tokens, parts } = written;
  await pool().query(
    `WITH finished AS (
       UPDATE completion SET status = $2, tokens = $3, finished_at = now(), lease_owner = NULL
        WHERE id = $1 AND status = 'running' RETURNING id, user_id, chat_id
     )
     INSERT INTO assistant_message (user_id, chat_id, id, role, text, parts, status)
     SELECT user_id, chat_id, id::text, 'assistant', $4::json, $5::json, $2
       FROM finished WHERE chat_id IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [
      ...[id, end.status, Math.max(tokens, end.usage?.outputTokens ?? 0)],
      ...[JSON.stringify(text), JSON.stringify(toMessageParts(parts))],
    ],
  );
}
