import type { PoolClient } from "pg";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { withQuotaLock } from "./transaction";

/** Who reserves bytes: the user, and a keyed digest of the address that the upload was asked for from. */
export interface Reserving {
  userId: string;
  address: string;
}

/**
 * What counts: pending uploads as much as they have reserved, and a deleted one while somebody could still
 * send it again with the form that was given out for it.
 */
const COUNTS = "(status IN ('pending', 'stored') OR grant_until > now())";
const sumWhere = (condition: string) =>
  `(SELECT coalesce(sum(size), 0)::bigint FROM upload WHERE ${condition} AND ${COUNTS})`;

export async function quotaOf(userId: string) {
  const { rows } = await pool().query<{ used: string }>(
    `SELECT ${sumWhere("user_id = $1")} AS used`,
    [userId],
  );
  return { usedBytes: Number(rows[0]?.used), limitBytes: env().UPLOAD_QUOTA_BYTES };
}

/** The locks make the first two sums exact. The third may be passed by what other transactions reserve meanwhile. */
async function usedBy(client: PoolClient, { userId, address }: Reserving) {
  const { rows } = await client.query<{ own: string; shared: string; all: string }>({
    name: "upload_used",
    text: `SELECT ${sumWhere("user_id = $1")} AS own, ${sumWhere("address = $2")} AS shared,
                  ${sumWhere("true")} AS all`,
    values: [userId, address],
  });
  const { own = 0, shared = 0, all = 0 } = rows[0] ?? {};
  return { own: Number(own), shared: Number(shared), all: Number(all) };
}

/**
 * Takes bytes of a user's quota, of the one that all guests of an address share, and of the one for all
 * uploads; `work` writes down for what, in the same transaction.
 * @throws HttpError 507
 */
export function withQuota<T>(
  reserving: Reserving,
  bytes: number,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const { UPLOAD_QUOTA_BYTES, UPLOAD_TOTAL_BYTES, ADDRESS_LIMIT_FACTOR } = env();
  const addressLimit = ADDRESS_LIMIT_FACTOR * UPLOAD_QUOTA_BYTES || Number.POSITIVE_INFINITY;
  return withQuotaLock(reserving, async (client) => {
    const used = await usedBy(client, reserving);
    assertRoom("quota-exceeded", "Your files", used.own, bytes, UPLOAD_QUOTA_BYTES);
    const theirs = "The files of everybody at your address";
    assertRoom("address-quota-exceeded", theirs, used.shared, bytes, addressLimit);
    assertRoom("total-quota-exceeded", "All files here", used.all, bytes, UPLOAD_TOTAL_BYTES);
    return work(client);
  });
}

function assertRoom(
  slug: string,
  whose: string,
  usedBytes: number,
  bytes: number,
  limitBytes: number,
): void {
  if (usedBytes + bytes <= limitBytes) return;
  const detail = `${whose} may take ${limitBytes} bytes; ${usedBytes} are taken, and this needs ${bytes} more. Delete some first.`;
  throw new HttpError(507, slug, detail, { members: { usedBytes, limitBytes } });
}
