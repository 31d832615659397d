import { RedisError } from "../engine.ts";

export interface Hash {
  type: "hash";
  fields: Map<string, string>;
}
export interface SortedSet {
  type: "zset";
  scores: Map<string, number>;
}
export interface Text {
  type: "string";
  text: string;
}
export type Value = Text | Hash | SortedSet;

interface Entry {
  value: Value;
  /** Milliseconds since the epoch. */
  expiresAt: number | null;
  /** What it counts against the bound. */
  bytes: number;
}

export interface StoreOptions {
  /** The engine's clock, in milliseconds. */
  now: () => number;
  maxKeys: number;
  maxBytes: number;
}

/** What an entry costs beside its texts, about. */
const OVERHEAD = 64;
const SWEEP_KEYS = 200;

/** The keys, with expiry and a bound. Nothing is evicted: what does not fit is refused with OOM. */
export function createStore({ now, maxKeys, maxBytes }: StoreOptions) {
  const entries = new Map<string, Entry>();
  const expiring = new Set<string>();
  let bytes = 0;

  /** The entry, unless it is over: an expired one goes when somebody looks. */
  function entryOf(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry?.expiresAt == null || entry.expiresAt > now()) return entry;
    remove(key);
    return undefined;
  }

  function remove(key: string): boolean {
    const entry = entries.get(key);
    if (!entry) return false;
    bytes -= entry.bytes;
    expiring.delete(key);
    return entries.delete(key);
  }

  function create(key: string, value: Value, expiresAt: number | null): void {
    remove(key);
    const cost = OVERHEAD + key.length + (value.type === "string" ? value.text.length : 0);
    entries.set(key, { value, expiresAt, bytes: cost });
    if (expiresAt !== null) expiring.add(key);
    bytes += cost;
  }

  function typed<T extends Value>(key: string, type: T["type"]): T | undefined {
    const value = entryOf(key)?.value;
    if (!value || value.type === type) return value as T | undefined;
    throw new RedisError("WRONGTYPE Operation against a key holding the wrong kind of value");
  }

  return {
    now,
    has: (key: string) => entryOf(key) !== undefined,
    typeOf: (key: string) => entryOf(key)?.value.type ?? "none",
    remove: (key: string) => entryOf(key) !== undefined && remove(key),

    text: (key: string) => typed<Text>(key, "string")?.text,
    /** @param expiresAt "keep" leaves it as it is */
    setText(key: string, text: string, expiresAt: number | null | "keep" = null): void {
      const until = expiresAt === "keep" ? (entryOf(key)?.expiresAt ?? null) : expiresAt;
      create(key, { type: "string", text }, until);
    },

    hash: (key: string) => typed<Hash>(key, "hash")?.fields,
    sortedSet: (key: string) => typed<SortedSet>(key, "zset")?.scores,
    ensureHash(key: string): Map<string, string> {
      const found = typed<Hash>(key, "hash");
      if (found) return found.fields;
      const value: Hash = { type: "hash", fields: new Map() };
      create(key, value, null);
      return value.fields;
    },
    ensureSortedSet(key: string): Map<string, number> {
      const found = typed<SortedSet>(key, "zset");
      if (found) return found.scores;
      const value: SortedSet = { type: "zset", scores: new Map() };
      create(key, value, null);
      return value.scores;
    },
    /** Says by how much a hash or a sorted set has grown; an empty one goes, as in Redis. */
    grown(key: string, by: number): void {
      const entry = entries.get(key);
      if (!entry) return;
      entry.bytes += by;
      bytes += by;
      const { value } = entry;
      if (value.type === "hash" && value.fields.size === 0) remove(key);
      if (value.type === "zset" && value.scores.size === 0) remove(key);
    },

    expiresAt: (key: string) => entryOf(key)?.expiresAt ?? null,
    setExpiry(key: string, at: number | null): void {
      const entry = entryOf(key);
      if (!entry) return;
      entry.expiresAt = at;
      if (at === null) expiring.delete(key);
      else if (at <= now()) remove(key);
      else expiring.add(key);
    },

    keys: () => [...entries.keys()].filter((key) => entryOf(key)),
    clear(): void {
      entries.clear();
      expiring.clear();
      bytes = 0;
    },
    /** @throws RedisError before a command that may grow, where the bound is reached */
    assertRoom(): void {
      if (entries.size < maxKeys && bytes < maxBytes) return;
      throw new RedisError("OOM command not allowed when used memory > 'maxmemory'.");
    },
    /** Takes away some of what is over and nobody has looked at; the next call goes on from there. */
    sweep(): void {
      let looked = 0;
      for (const key of expiring) {
        if (++looked > SWEEP_KEYS) return;
        if (!entryOf(key)) continue;
        // To the end of the line.
        expiring.delete(key);
        expiring.add(key);
      }
    },
    size: () => ({ keys: entries.size, bytes }),
  };
}

export type Store = ReturnType<typeof createStore>;
