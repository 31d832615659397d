import type { Pool } from "pg";
import type { LogEntry, LogPage } from "./types";

interface Row {
  stream: string;
  seq: string;
  type: string;
  data: unknown;
  key: string | null;
  at: Date;
}

const toEntry = (row: Row): LogEntry => ({ ...row, seq: Number(row.seq) });

/** Head and floor ride along on each row, so that page and bounds are of one snapshot. */
interface PageRow extends Omit<Row, "seq"> {
  seq: string | null;
  head: string;
  floor: string;
}

const PAGE = (condition: string, order: string) => `
  SELECT s.head, s.floor, e.*
    FROM (SELECT head, floor FROM log_stream WHERE name = $1) s
    LEFT JOIN LATERAL (
      SELECT stream, seq, type, data, key, at FROM log_entry
       WHERE stream = $1 AND ${condition} ORDER BY seq ${order} LIMIT $3
    ) e ON true`;

async function page(pool: Pool, name: string, text: string, values: unknown[]): Promise<LogPage> {
  const { rows } = await pool.query<PageRow>({ name, text, values });
  const entries = rows.flatMap((row) => (row.seq === null ? [] : [toEntry(row as Row)]));
  return {
    entries: entries.map(({ stream, seq, type, data, key, at }) => ({
      stream,
      seq,
      type,
      data,
      key,
      at,
    })),
    head: Number(rows[0]?.head ?? 0),
    floor: Number(rows[0]?.floor ?? 0),
  };
}

/** The entries after a position, oldest first: the catch-up. */
export const readAfter = (pool: Pool, stream: string, after: number, limit: number) =>
  page(pool, "log_read_after", PAGE("seq > $2", "ASC"), [stream, after, limit]);

/** The entries before a position, oldest first: the page of history that ends there. */
export async function readBefore(pool: Pool, stream: string, before: number, limit: number) {
  const result = await page(pool, "log_read_before", PAGE("seq < $2", "DESC"), [
    stream,
    before,
    limit,
  ]);
  return { ...result, entries: result.entries.reverse() };
}

/** The heads of some streams, in one query. Streams without entries are left out. */
export async function readHeads(pool: Pool, streams: string[]): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; head: string }>({
    name: "log_heads",
    text: "SELECT name, head FROM log_stream WHERE name = ANY ($1)",
    values: [streams],
  });
  return new Map(rows.map((row) => [row.name, Number(row.head)]));
}

/** What came after a position in each of many streams, in one query: at most `limit` from each. */
export async function readMany(
  pool: Pool,
  positions: Map<string, number>,
  limit: number,
): Promise<Map<string, LogEntry[]>> {
  const { rows } = await pool.query<Row>({
    name: "log_read_many",
    text: `SELECT e.stream, e.seq, e.type, e.data, e.key, e.at
             FROM unnest($1::text[], $2::bigint[]) AS w (name, after)
            CROSS JOIN LATERAL (
              SELECT * FROM log_entry
               WHERE stream = w.name AND seq > w.after ORDER BY seq LIMIT $3
            ) e`,
    values: [[...positions.keys()], [...positions.values()], limit],
  });
  const found = new Map<string, LogEntry[]>();
  for (const row of rows) {
    const entries = found.get(row.stream);
    if (entries) entries.push(toEntry(row));
    else found.set(row.stream, [toEntry(row)]);
  }
  return found;
}
