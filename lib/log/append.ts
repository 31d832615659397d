import { setImmediate as nextTurn } from "node:timers/promises";
import type { ClientBase, Pool } from "pg";
import type { Appended, LogEntry } from "./types";

/** Entries of one statement. More wait for the next: a batch must not outlive its writers' patience. */
const MAX_BATCH = 500;
/** Who has waited this long for a batch that was lost is not made to wait for another. */
const PATIENCE_MS = 200;

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

interface Waiting extends EncodedEntry {
  since: number;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

export interface AppenderOptions {
  pool: Pool;
  /** Told the new entries after their commit, by stream, before the writers are answered. */
  onCommit(committed: Map<string, LogEntry[]>): void;
  /** Told how long each entry took, in seconds. */
  onLatency?(seconds: number): void;
}

/**
 * The writing half of the log. Appends that arrive while a statement is under way go together in
 * the next one: one round trip and one commit for all of them (group commit).
 */
export function createAppender({ pool, onCommit, onLatency }: AppenderOptions) {
  let queue: Waiting[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    if (writing) return;
    writing = true;
    // The writers of this turn of the event loop share the first batch, too, whatever called them.
    await nextTurn();
    while (queue.length > 0) {
      const batch = queue.slice(0, MAX_BATCH);
      queue = queue.slice(MAX_BATCH);
      await write(batch);
    }
    writing = false;
  }

  async function write(batch: Waiting[]): Promise<void> {
    try {
      settle(batch, await insertEntries(pool, batch));
    } catch (error) {
      // One entry that the database refuses must not fail those that came with it.
      const refused = isRefusedData(error);
      if (refused && batch.length > 1) for (const one of batch) await write([one]);
      else for (const one of refused ? batch : [...batch, ...impatient()]) one.reject(error);
    }
  }

  /** Those in the queue who would be told too late, were the database to stay away. */
  function impatient(): Waiting[] {
    const before = performance.now() - PATIENCE_MS;
    const told = queue.filter(({ since }) => since < before);
    queue = queue.filter(({ since }) => since >= before);
    return told;
  }

  function settle(batch: Waiting[], appended: Appended[]): void {
    const committed = committedOf(batch, appended);
    if (committed.size > 0) onCommit(committed);
    const now = performance.now();
    batch.forEach((one, index) => {
      onLatency?.((now - one.since) / 1000);
      one.resolve(appended[index] as Appended);
    });
  }

  return function append(
    stream: string,
    type: string,
    data: unknown,
    key: string | null = null,
  ): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const entry = encodeEntry({ stream, type, data, key });
      queue.push({ ...entry, since: performance.now(), resolve, reject });
      void drain();
    });
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

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
export function isRefusedData(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^2[23]/.test(code);
}
