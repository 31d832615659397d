import type { ClientBase, Pool } from "pg";
import { createGroupCommit } from "../group-commit";
import type { Appended, LogEntry } from "./types";

/** Entries of one statement. */
const MAX_BATCH = 500;

/** What an append is given. `key` makes a repetition harmless. */
export interface NewEntry {
  stream: string;
  type: string;
  data: unknown;
  key?: string | null;
}

/** The same, its data already JSON: an entry that cannot be encoded must not fail its neighbours. */
interface EncodedEntry {
  stream: string;
  type: string;
  json: string;
  key: string | null;
}

export interface AppenderOptions {
  pool: Pool;
  /** Told the new entries after their commit, by stream, before the writers are answered. */
  onCommit(committed: Map<string, LogEntry[]>): void;
  /** Told how long each entry took, in seconds. */
  onLatency?(seconds: number): void;
}

/** The writing half of the log: appends that come together share a statement (lib/group-commit.ts). */
export function createAppender({ pool, onCommit, onLatency }: AppenderOptions) {
  const together = createGroupCommit({
    maxBatch: MAX_BATCH,
    async commit(entries: EncodedEntry[]) {
      const appended = await insertEntries(pool, entries);
      const committed = committedOf(entries, appended);
      if (committed.size > 0) onCommit(committed);
      return appended;
    },
  });

  return async function append(
    stream: string,
    type: string,
    data: unknown,
    key: string | null = null,
  ): Promise<Appended> {
    const begun = performance.now();
    const appended = await together(encodeEntry({ stream, type, data, key }));
    onLatency?.((performance.now() - begun) / 1000);
    return appended;
  };
}

export const encodeEntry = ({ data, key = null, ...rest }: NewEntry): EncodedEntry => ({
  ...rest,
  key,
  json: JSON.stringify(data ?? null),
});

/**
 * Appends as many entries as are given, in one statement (prisma/migrations, log_append and
 * log_append_one).
 */
export async function insertEntries(
  db: ClientBase | Pool,
  entries: readonly EncodedEntry[],
): Promise<Appended[]> {
  const [first, ...others] = entries;
  const { rows } = await db.query<{ seq: string; at: Date; fresh: boolean }>(
    first && others.length === 0 ? insertOne(first) : insertMany(entries),
  );
  return rows.map((row) => ({ seq: Number(row.seq), at: row.at, fresh: row.fresh }));
}

const insertOne = ({ stream, type, json, key }: EncodedEntry) => ({
  name: "log_append_one",
  text: "SELECT seq, at, fresh FROM log_append_one($1, $2, $3, $4)",
  values: [stream, type, json, key],
});

const insertMany = (entries: readonly EncodedEntry[]) => ({
  name: "log_append",
  text: "SELECT seq, at, fresh FROM log_append($1::text[], $2::text[], $3::json[], $4::text[])",
  values: [
    entries.map((one) => one.stream),
    entries.map((one) => one.type),
    entries.map((one) => one.json),
    entries.map((one) => one.key),
  ],
});

/** The entries that an append has made, by stream, as they would be read. */
export function committedOf(
  entries: readonly EncodedEntry[],
  appended: readonly Appended[],
): Map<string, LogEntry[]> {
  const committed = new Map<string, LogEntry[]>();
  entries.forEach(({ stream, type, json, key }, index) => {
    const { seq, at, fresh } = appended[index] as Appended;
    if (!fresh) return;
    const entry = { stream, seq, type, data: JSON.parse(json), key, at };
    const others = committed.get(stream);
    if (others) others.push(entry);
    else committed.set(stream, [entry]);
  });
  return committed;
}
