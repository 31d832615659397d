import type { PoolClient } from "pg";
import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { HttpError, notFound } from "@/lib/http";
import { textBlock } from "@/lib/text";
import type { ModelMessage } from "./completion/rows";
import {
  type assistantRequest,
  chatId,
  completionLimits,
  type conversation,
  messagePart,
} from "./contract";

/** What the user says: the last message of what useChat sends. */
export interface UserMessage {
  id: string;
  text: string;
}

/**
 * @throws HttpError 400 where the last message is not the user's, or is more than text
 */
export function lastOf({ messages }: z.infer<typeof assistantRequest>): UserMessage {
  const last = messages.at(-1);
  if (last?.role !== "user")
    throw new HttpError(400, "invalid-role", "The last message must be the user's.");
  if (last.parts.some(({ type }) => type !== "text"))
    throw new HttpError(400, "invalid-parts", "Send text only.");
  const text = textBlock(completionLimits.promptCharacters).safeParse(
    last.parts.map((part) => part.text).join("\n"),
  );
  if (!text.success) {
    const detail = `The message: ${text.error.issues.map(({ message }) => message).join("; ")}.`;
    throw new HttpError(400, "invalid-message", detail);
  }
  return { id: last.id, text: text.data };
}

/**
 * The conversation that an address names.
 * @throws HttpError 404 where it is no id of one
 */
export function chatIdOf({ id }: { id: string }): string {
  if (chatId.safeParse(id).success) return id;
  throw notFound("There is no conversation of this id: it has 1 to 64 letters, digits, _ and -.");
}

/**
 * Stores what the user says, inside the caller's transaction, and answers what the model is asked.
 * A message that is there already is asked again: what followed it is taken away.
 * @throws HttpError 409 while the conversation waits for an answer
 */
export async function say(
  client: PoolClient,
  userId: string,
  chatId: string,
  { id, text }: UserMessage,
): Promise<ModelMessage[]> {
  const { rowCount } = await client.query(
    "SELECT 1 FROM completion WHERE user_id = $1 AND chat_id = $2 AND status = 'running'",
    [userId, chatId],
  );
  if (rowCount)
    throw new HttpError(409, "still-answering", "Wait for the answer before, or stop it.");
  await client.query(
    `INSERT INTO assistant_message (user_id, chat_id, id, role, text, status)
     VALUES ($1, $2, $3, 'user', $4, 'done')
     ON CONFLICT (user_id, chat_id, id) DO UPDATE SET text = excluded.text
      WHERE assistant_message.role = 'user'`,
    [userId, chatId, id, JSON.stringify(text)],
  );
  await client.query(
    `DELETE FROM assistant_message m USING assistant_message said
      WHERE said.user_id = $1 AND said.chat_id = $2 AND said.id = $3
        AND m.user_id = $1 AND m.chat_id = $2 AND m.number > said.number`,
    [userId, chatId, id],
  );
  const messages = await read(client, userId, chatId);
  return messages
    .filter(({ text: content }) => content !== "")
    .slice(-completionLimits.history)
    .map(({ role, text: content }) => ({ role, content }));
}

const stored = z.array(
  z.object({
    id: z.string(),
    role: z.enum(["user", "assistant"]),
    text: z.string(),
    /** Null where the message is its text alone. */
    parts: z.array(messagePart).nullable(),
    status: z.enum(["done", "stopped", "failed"]),
  }),
);

async function read(client: Pick<PoolClient, "query">, userId: string, chatId: string) {
  const { rows } = await client.query(
    `SELECT id, role, text, parts, status FROM assistant_message
      WHERE user_id = $1 AND chat_id = $2 ORDER BY number`,
    [userId, chatId],
  );
  return stored.parse(rows);
}

/** A conversation, as useChat takes it. One that nobody has begun has no messages. */
export async function readConversation(
  userId: string,
  chatId: string,
): Promise<z.infer<typeof conversation>["messages"]> {
  const messages = await read(pool(), userId, chatId);
  return messages.map(({ id, role, text, parts, status }) => ({
    id,
    role,
    metadata: { status },
    parts: parts ?? [{ type: "text" as const, text }],
  }));
}
