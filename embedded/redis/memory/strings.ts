import { RedisError, type Reply, Status } from "../engine.ts";
import { type Commands, pairs, syntaxError, wrongArity } from "./commands.ts";
import { add, parseInteger } from "./numbers.ts";
import type { Store } from "./store.ts";

const OK = new Status("OK");

function increment(store: Store, key: string, by: bigint): number {
  const sum = add(parseInteger(store.text(key) ?? "0"), by);
  store.setText(key, `${sum}`, "keep");
  return Number(sum);
}

/** When a key ends that is given an expiry at its making. */
function endOf(store: Store, command: string, option: string, amount: string): number {
  const given = Number(parseInteger(amount));
  if (given <= 0) throw new RedisError(`ERR invalid expire time in '${command}' command`);
  const unit = option.startsWith("P") ? 1 : 1_000;
  return given * unit + (option.endsWith("AT") ? 0 : store.now());
}

function set(store: Store, [key = "", text = "", ...options]: string[]): Reply {
  let expiresAt: number | null | "keep" | undefined;
  let condition: "NX" | "XX" | undefined;
  let wantsOld = false;
  for (let i = 0; i < options.length; i++) {
    const option = (options[i] as string).toUpperCase();
    if (option === "NX" || option === "XX") {
      if (condition && condition !== option) throw syntaxError();
      condition = option;
    } else if (option === "GET") wantsOld = true;
    else if (expiresAt !== undefined) throw syntaxError();
    else if (option === "KEEPTTL") expiresAt = "keep";
    else if (["EX", "PX", "EXAT", "PXAT"].includes(option)) {
      const amount = options[++i];
      if (amount === undefined) throw syntaxError();
      expiresAt = endOf(store, "set", option, amount);
    } else throw syntaxError();
  }
  const old = wantsOld ? (store.text(key) ?? null) : null;
  if (condition && (condition === "XX") !== store.has(key)) return wantsOld ? old : null;
  store.setText(key, text, expiresAt ?? null);
  if (typeof expiresAt === "number") store.setExpiry(key, expiresAt);
  return wantsOld ? old : OK;
}

export const stringCommands: Commands = {
  GET: { arity: 2, run: (store, [key = ""]) => store.text(key) ?? null },
  SET: { arity: -3, grows: true, run: set },
  SETNX: {
    arity: 3,
    grows: true,
    run: (store, [key = "", text = ""]) => (set(store, [key, text, "NX"]) === null ? 0 : 1),
  },
  SETEX: {
    arity: 4,
    grows: true,
    run(store, [key = "", amount = "", text = ""]) {
      store.setText(key, text, endOf(store, "setex", "EX", amount));
      return OK;
    },
  },
  PSETEX: {
    arity: 4,
    grows: true,
    run(store, [key = "", amount = "", text = ""]) {
      store.setText(key, text, endOf(store, "psetex", "PX", amount));
      return OK;
    },
  },
  GETSET: {
    arity: 3,
    grows: true,
    run: (store, [key = "", text = ""]) => set(store, [key, text, "GET"]),
  },
  GETDEL: {
    arity: 2,
    run(store, [key = ""]) {
      const text = store.text(key) ?? null;
      store.remove(key);
      return text;
    },
  },
  MGET: {
    arity: -2,
    run: (store, keys) =>
      keys.map((key) => (store.typeOf(key) === "string" ? (store.text(key) ?? null) : null)),
  },
  MSET: {
    arity: -3,
    grows: true,
    run(store, list) {
      if (list.length % 2 !== 0) throw wrongArity("mset");
      for (const [key, text] of pairs(list)) store.setText(key, text);
      return OK;
    },
  },
  INCR: { arity: 2, grows: true, run: (store, [key = ""]) => increment(store, key, 1n) },
  DECR: { arity: 2, grows: true, run: (store, [key = ""]) => increment(store, key, -1n) },
  INCRBY: {
    arity: 3,
    grows: true,
    run: (store, [key = "", by = ""]) => increment(store, key, parseInteger(by)),
  },
  DECRBY: {
    arity: 3,
    grows: true,
    run: (store, [key = "", by = ""]) => {
      const amount = parseInteger(by);
      if (amount === -(2n ** 63n)) throw new RedisError("ERR decrement would overflow");
      return increment(store, key, -amount);
    },
  },
  APPEND: {
    arity: 3,
    grows: true,
    run(store, [key = "", text = ""]) {
      const whole = (store.text(key) ?? "") + text;
      store.setText(key, whole, "keep");
      return whole.length;
    },
  },
  STRLEN: { arity: 2, run: (store, [key = ""]) => store.text(key)?.length ?? 0 },
};
