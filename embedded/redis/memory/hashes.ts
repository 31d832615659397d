import { Status } from "../engine.ts";
import { type Commands, pairs, wrongArity } from "./commands.ts";
import { add, parseInteger } from "./numbers.ts";
import type { Store } from "./store.ts";

/** Sets the fields; answers how many are new. */
function setFields(store: Store, key: string, fields: [string, string][]): number {
  const hash = store.ensureHash(key);
  const before = hash.size;
  let grown = 0;
  for (const [field, text] of fields) {
    const old = hash.get(field);
    grown += old === undefined ? field.length + text.length : text.length - old.length;
    hash.set(field, text);
  }
  store.grown(key, grown);
  return hash.size - before;
}

function fieldsOf(name: string, list: string[]): [string, string][] {
  if (list.length % 2 !== 0) throw wrongArity(name);
  return pairs(list);
}

export const hashCommands: Commands = {
  HSET: {
    arity: -4,
    grows: true,
    run: (store, [key = "", ...list]) => setFields(store, key, fieldsOf("hset", list)),
  },
  HMSET: {
    arity: -4,
    grows: true,
    run(store, [key = "", ...list]) {
      setFields(store, key, fieldsOf("hmset", list));
      return new Status("OK");
    },
  },
  HSETNX: {
    arity: 4,
    grows: true,
    run: (store, [key = "", field = "", text = ""]) =>
      store.hash(key)?.has(field) ? 0 : setFields(store, key, [[field, text]]),
  },
  HGET: { arity: 3, run: (store, [key = "", field = ""]) => store.hash(key)?.get(field) ?? null },
  HMGET: {
    arity: -3,
    run(store, [key = "", ...fields]) {
      const hash = store.hash(key);
      return fields.map((field) => hash?.get(field) ?? null);
    },
  },
  HGETALL: { arity: 2, run: (store, [key = ""]) => [...(store.hash(key) ?? [])].flat() },
  HKEYS: { arity: 2, run: (store, [key = ""]) => [...(store.hash(key)?.keys() ?? [])] },
  HVALS: { arity: 2, run: (store, [key = ""]) => [...(store.hash(key)?.values() ?? [])] },
  HLEN: { arity: 2, run: (store, [key = ""]) => store.hash(key)?.size ?? 0 },
  HEXISTS: {
    arity: 3,
    run: (store, [key = "", field = ""]) => (store.hash(key)?.has(field) ? 1 : 0),
  },
  HDEL: {
    arity: -3,
    run(store, [key = "", ...fields]) {
      const hash = store.hash(key);
      if (!hash) return 0;
      const before = hash.size;
      let freed = 0;
      for (const field of fields) {
        const text = hash.get(field);
        if (hash.delete(field)) freed += field.length + (text?.length ?? 0);
      }
      const gone = before - hash.size;
      store.grown(key, -freed);
      return gone;
    },
  },
  HINCRBY: {
    arity: 4,
    grows: true,
    run(store, [key = "", field = "", by = ""]) {
      const amount = parseInteger(by);
      const old = store.hash(key)?.get(field) ?? "0";
      const sum = add(parseInteger(old, "ERR hash value is not an integer"), amount);
      setFields(store, key, [[field, `${sum}`]]);
      return Number(sum);
    },
  },
};
