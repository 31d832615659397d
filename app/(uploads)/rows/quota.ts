import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { withQuotaLock } from "./transaction";

/**
 * What a user's uploads take: pending ones as much as they have reserved. A deleted one counts while
 * somebody could still send it again with the form that was given out for it.
 */
const USED = `SELECT coalesce(sum(size), 0)::bigint AS used FROM upload
  WHERE user_id = $1 AND (status IN ('pending', 'stored') OR grant_until > now())`;

async function usedBytes(client: Pick<PoolClient, "query">, userId: string): Promise<number> {
  const { rows } = await client.query<{ used: string }>(USED, [userId]);
  return Number(rows[0]?.used);
}

export async function quotaOf(userId: string) {
  return {
    usedBytes: await usedBytes(pool(), userId),
    limitBytes: env().UPLOAD_QUOTA_BYTES,
  };
}

/**
 * Takes bytes of a user's quota; `work` writes down for what, in the same transaction.
 * @throws HttpError 507
 */
export function withQuota<T>(
  userId: string,
  bytes: number,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return withQuotaLock(userId, async (client) => {
    const used = await usedBytes(client, userId);
    const limit = env().UPLOAD_QUOTA_BYTES;
    if (used + bytes > limit) throw quotaExceeded(used, bytes, limit);
    return work(client);
  });
}

function quotaExceeded(usedBytes: number, bytes: number, limitBytes: number): HttpError {
  const detail = `Your files may take ${limitBytes} bytes; ${usedBytes} are taken, and this needs ${bytes} more. Delete some first.`;
  return new HttpError(507, "quota-exceeded", detail, { members: { usedBytes, limitBytes } });
}
