import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { inTransaction } from "@/lib/db/transaction";
import { notFound } from "@/lib/http";
import { listLimits } from "../contract";

const noList = () => notFound("You have no list yet: PUT /api/items/mine makes one.");

/**
 * The list of a visitor.
 * @throws HttpError 404
 */
export async function listOf(userId: string): Promise<number> {
  const text = "SELECT id FROM item_list WHERE owner = $1";
  const { rows } = await pool().query<{ id: number }>({
    name: "item_list_of",
    text,
    values: [userId],
  });
  if (!rows[0]) throw noList();
  return rows[0].id;
}

/** The rows of a visitor's list; null where there is none. */
export async function rowsOf(userId: string): Promise<number | null> {
  const { rows } = await pool().query<{ rows: number }>(
    `SELECT (SELECT count(*)::integer FROM own_item WHERE list = l.id) AS rows
       FROM item_list l WHERE owner = $1`,
    [userId],
  );
  return rows[0]?.rows ?? null;
}

/**
 * A visitor's list, locked until the end of the transaction: a list has one writer at a time.
 * @throws HttpError 404
 */
export async function lockList(client: PoolClient, userId: string): Promise<number> {
  const text = "UPDATE item_list SET touched_at = now() WHERE owner = $1 RETURNING id";
  const { rows } = await client.query<{ id: number }>(text, [userId]);
  if (!rows[0]) throw noList();
  return rows[0].id;
}

/** Makes a visitor's list, or another one in its place: cursors into the old one are refused then. */
export async function newList(userId: string, count: number = listLimits.rows): Promise<number> {
  return inTransaction(pool(), async (client) => {
    // Two requests at once would both find no list, and both insert one.
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `item-list:${userId}`,
    ]);
    await client.query("DELETE FROM item_list WHERE owner = $1", [userId]);
    const { rows } = await client.query<{ id: number }>(
      "INSERT INTO item_list (owner) VALUES ($1) RETURNING id",
      [userId],
    );
    const { id } = rows[0] as { id: number };
    await client.query("INSERT INTO own_item SELECT $1::integer, * FROM item_rows($2)", [
      id,
      count,
    ]);
    return id;
  });
}

/** Takes away the lists that nobody uses any more, with their rows. */
export async function pruneLists(): Promise<void> {
  await pool().query(
    `DELETE FROM item_list
      WHERE touched_at < now() - $1 * interval '1 hour'
         OR id IN (SELECT id FROM item_list ORDER BY touched_at DESC OFFSET $2)`,
    [listLimits.idleHours, listLimits.lists],
  );
}
