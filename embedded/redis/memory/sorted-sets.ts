import { RedisError, type Reply } from "../engine.ts";
import { type Commands, pairs, syntaxError } from "./commands.ts";
import { formatFloat, parseCount, parseFloat64 } from "./numbers.ts";
import type { Store } from "./store.ts";

type Member = [member: string, score: number];

/** By score, and by bytes where that is equal. */
const inOrder = (scores: Map<string, number> | undefined): Member[] =>
  [...(scores ?? [])].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1));

/** `5` is in, `(5` is not; -inf and +inf are the ends. */
function bound(text: string): { at: number; open: boolean } {
  const open = text.startsWith("(");
  const at = parseFloat64(open ? text.slice(1) : text, "ERR min or max is not a float");
  return { at, open };
}

function within(min: string, max: string): (member: Member) => boolean {
  const [low, high] = [bound(min), bound(max)];
  return ([, score]) =>
    (low.open ? score > low.at : score >= low.at) &&
    (high.open ? score < high.at : score <= high.at);
}

const filterBy = (test: (member: Member) => boolean) => (members: Member[]) => members.filter(test);

function rankedBy(start: string, stop: string): (members: Member[]) => Member[] {
  const [from, to] = [parseCount(start), parseCount(stop)];
  return (members) => {
    const first = Math.max(0, from < 0 ? from + members.length : from);
    return members.slice(first, Math.max(0, (to < 0 ? to + members.length : to) + 1));
  };
}

const reply = (members: Member[], withScores: boolean): Reply =>
  members.flatMap(([member, score]) => (withScores ? [member, formatFloat(score)] : [member]));

function remove(store: Store, key: string, members: string[]): number {
  const scores = store.sortedSet(key);
  if (!scores) return 0;
  const gone = members.filter((member) => scores.delete(member));
  store.grown(key, -gone.reduce((sum, member) => sum + member.length + 8, 0));
  return gone.length;
}

function put(store: Store, key: string, member: string, score: number): void {
  const scores = store.ensureSortedSet(key);
  const isNew = !scores.has(member);
  scores.set(member, score);
  store.grown(key, isNew ? member.length + 8 : 0);
}

function add(store: Store, [key = "", ...rest]: string[]): Reply {
  const flags = new Set<string>();
  while (/^(NX|XX|GT|LT|CH|INCR)$/i.test(rest[0] ?? ""))
    flags.add((rest.shift() as string).toUpperCase());
  if (rest.length === 0 || rest.length % 2 !== 0) throw syntaxError();
  if (flags.has("NX") && flags.has("XX"))
    throw new RedisError("ERR XX and NX options at the same time are not compatible");
  if ([flags.has("NX"), flags.has("GT"), flags.has("LT")].filter(Boolean).length > 1)
    throw new RedisError("ERR GT, LT, and/or NX options at the same time are not compatible");
  if (flags.has("INCR") && rest.length > 2)
    throw new RedisError("ERR INCR option supports a single increment-element pair");
  const items = pairs(rest).map(([score, member]): Member => [member, parseFloat64(score)]);
  store.sortedSet(key);
  let added = 0;
  let changed = 0;
  let last: number | null = null;
  for (const [member, given] of items) {
    const old = store.sortedSet(key)?.get(member);
    const score = flags.has("INCR") ? (old ?? 0) + given : given;
    if (Number.isNaN(score)) throw new RedisError("ERR resulting score is not a number (NaN)");
    const refused =
      old === undefined
        ? flags.has("XX")
        : flags.has("NX") || (flags.has("GT") && score <= old) || (flags.has("LT") && score >= old);
    if (refused) continue;
    put(store, key, member, score);
    last = score;
    if (old === undefined) added++;
    else if (old !== score) changed++;
  }
  if (flags.has("INCR")) return last === null ? null : formatFloat(last);
  return flags.has("CH") ? added + changed : added;
}

function range(store: Store, [key = "", min = "", max = "", ...options]: string[]): Reply {
  let [byScore, reversed, withScores] = [false, false, false];
  let limit: [number, number] | undefined;
  for (let i = 0; i < options.length; i++) {
    const option = (options[i] as string).toUpperCase();
    if (option === "BYSCORE") byScore = true;
    else if (option === "REV") reversed = true;
    else if (option === "WITHSCORES") withScores = true;
    else if (option === "LIMIT" && i + 2 < options.length)
      limit = [parseCount(options[++i] as string), parseCount(options[++i] as string)];
    else throw syntaxError();
  }
  if (limit && !byScore)
    throw new RedisError(
      "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
    );
  const choose: (members: Member[]) => Member[] = byScore
    ? filterBy(reversed ? within(max, min) : within(min, max))
    : rankedBy(min, max);
  const members = inOrder(store.sortedSet(key));
  if (reversed) members.reverse();
  const found = choose(members);
  const [offset, count] = limit ?? [0, -1];
  const page = offset < 0 ? [] : found.slice(offset, count < 0 ? undefined : offset + count);
  return reply(page, withScores);
}

export const sortedSetCommands: Commands = {
  ZADD: { arity: -4, grows: true, run: add },
  ZINCRBY: {
    arity: 4,
    grows: true,
    run: (store, [key = "", by = "", member = ""]) => add(store, [key, "INCR", by, member]),
  },
  ZREM: { arity: -3, run: (store, [key = "", ...members]) => remove(store, key, members) },
  ZCARD: { arity: 2, run: (store, [key = ""]) => store.sortedSet(key)?.size ?? 0 },
  ZSCORE: {
    arity: 3,
    run(store, [key = "", member = ""]) {
      const score = store.sortedSet(key)?.get(member);
      return score === undefined ? null : formatFloat(score);
    },
  },
  ZRANK: {
    arity: 3,
    run(store, [key = "", member = ""]) {
      const rank = inOrder(store.sortedSet(key)).findIndex(([name]) => name === member);
      return rank < 0 ? null : rank;
    },
  },
  ZCOUNT: {
    arity: 4,
    run(store, [key = "", min = "", max = ""]) {
      const test = within(min, max);
      return inOrder(store.sortedSet(key)).filter(test).length;
    },
  },
  ZRANGE: { arity: -4, run: range },
  ZRANGEBYSCORE: {
    arity: -4,
    run: (store, [key = "", min = "", max = "", ...options]) =>
      range(store, [key, min, max, "BYSCORE", ...options]),
  },
  ZREMRANGEBYSCORE: {
    arity: 4,
    run(store, [key = "", min = "", max = ""]) {
      const test = within(min, max);
      const found = inOrder(store.sortedSet(key)).filter(test);
      return remove(
        store,
        key,
        found.map(([member]) => member),
      );
    },
  },
  ZREMRANGEBYRANK: {
    arity: 4,
    run(store, [key = "", start = "", stop = ""]) {
      const choose = rankedBy(start, stop);
      const found = choose(inOrder(store.sortedSet(key)));
      return remove(
        store,
        key,
        found.map(([member]) => member),
      );
    },
  },
};
