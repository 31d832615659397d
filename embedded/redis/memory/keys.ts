import { RedisError, Status } from "../engine.ts";
import { type Command, type Commands, syntaxError, wrongArity } from "./commands.ts";
import { parseCount } from "./numbers.ts";
import type { Store } from "./store.ts";

const OK = new Status("OK");

function expire(store: Store, key: string, end: () => number, flags: string[]): number {
  const options = new Set(flags.map((flag) => flag.toUpperCase()));
  for (const flag of options)
    if (!["NX", "XX", "GT", "LT"].includes(flag))
      throw new RedisError(`ERR Unsupported option ${flags[0]}`);
  if (options.has("NX") && options.size > 1)
    throw new RedisError("ERR NX and XX, GT or LT options at the same time are not compatible");
  if (options.has("GT") && options.has("LT"))
    throw new RedisError("ERR GT and LT options at the same time are not compatible");
  const at = end();
  if (!store.has(key)) return 0;
  const before = store.expiresAt(key);
  // Without an expiry a key counts as living for ever.
  const current = before ?? Number.POSITIVE_INFINITY;
  const refused =
    (options.has("NX") && before !== null) ||
    (options.has("XX") && before === null) ||
    (options.has("GT") && at <= current) ||
    (options.has("LT") && at >= current);
  if (refused) return 0;
  store.setExpiry(key, at);
  return 1;
}

const expiryCommand = (unit: 1 | 1_000, relative: boolean): Command => ({
  arity: -3,
  run(store, [key = "", amount = "", ...flags]) {
    const base = relative ? store.now() : 0;
    return expire(store, key, () => base + parseCount(amount) * unit, flags);
  },
});

const ttlCommand = (unit: 1 | 1_000): Command => ({
  arity: 2,
  run(store, [key = ""]) {
    if (!store.has(key)) return -2;
    const at = store.expiresAt(key);
    return at === null ? -1 : Math.round((at - store.now()) / unit);
  },
});

/** Redis's glob: *, ?, [abc], [^a-z], and \ before what is meant as it is. */
function globToRegExp(glob: string): RegExp {
  const source = glob.replace(
    /\\(.)|\[(\^?)((?:\\.|[^\]])*)(?:\]|$)|([*?])|([^\\[*?])/gs,
    (all, escaped, not, set, wild, plain) => {
      const quote = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
      if (escaped !== undefined) return quote(escaped);
      if (set !== undefined)
        return set === "" ? "(?!)" : `[${not}${set.replace(/[\\[\]^]/g, "\\$&")}]`;
      if (wild) return wild === "*" ? ".*" : ".";
      return quote(plain ?? all);
    },
  );
  return new RegExp(`^${source}$`, "s");
}

function flush(store: Store, options: string[]): Status {
  const isKnown = options.length === 0 || /^(a?sync)$/i.test(options.join(" "));
  if (!isKnown) throw syntaxError();
  store.clear();
  return OK;
}

export const keyCommands: Commands = {
  PING: {
    arity: -1,
    run(_, [text, ...more]) {
      if (more.length > 0) throw wrongArity("ping");
      return text === undefined ? new Status("PONG") : text;
    },
  },
  ECHO: { arity: 2, run: (_, [text = ""]) => text },
  TIME: {
    arity: 1,
    run(store) {
      const now = store.now();
      return [`${Math.floor(now / 1_000)}`, `${Math.floor((now % 1_000) * 1_000)}`];
    },
  },
  DEL: { arity: -2, run: (store, keys) => keys.filter((key) => store.remove(key)).length },
  UNLINK: { arity: -2, run: (store, keys) => keys.filter((key) => store.remove(key)).length },
  EXISTS: { arity: -2, run: (store, keys) => keys.filter((key) => store.has(key)).length },
  TYPE: { arity: 2, run: (store, [key = ""]) => new Status(store.typeOf(key)) },
  EXPIRE: expiryCommand(1_000, true),
  PEXPIRE: expiryCommand(1, true),
  EXPIREAT: expiryCommand(1_000, false),
  PEXPIREAT: expiryCommand(1, false),
  TTL: ttlCommand(1_000),
  PTTL: ttlCommand(1),
  PERSIST: {
    arity: 2,
    run(store, [key = ""]) {
      if (store.expiresAt(key) === null) return 0;
      store.setExpiry(key, null);
      return 1;
    },
  },
  KEYS: {
    arity: 2,
    run(store, [glob = ""]) {
      const pattern = globToRegExp(glob);
      return store.keys().filter((key) => pattern.test(key));
    },
  },
  /** All at once, with the cursor that ends it: the keyspace here is small. After any other cursor nothing is left. */
  SCAN: {
    arity: -2,
    run(store, [cursor = "", ...options]) {
      if (!/^[+-]?\d*$/.test(cursor)) throw new RedisError("ERR invalid cursor");
      let found = /^[+-]?0*$/.test(cursor) ? store.keys() : [];
      for (let i = 0; i < options.length; i += 2) {
        const [name = "", value] = [options[i]?.toUpperCase(), options[i + 1]];
        if (value === undefined || !["MATCH", "COUNT", "TYPE"].includes(name)) throw syntaxError();
        if (name === "COUNT" && parseCount(value) < 1) throw syntaxError();
        if (name === "MATCH") found = found.filter((key) => globToRegExp(value).test(key));
        if (name === "TYPE")
          found = found.filter((key) => store.typeOf(key) === value.toLowerCase());
      }
      return ["0", found];
    },
  },
  DBSIZE: { arity: 1, run: (store) => store.keys().length },
  FLUSHDB: { arity: -1, run: flush },
  FLUSHALL: { arity: -1, run: flush },
};
