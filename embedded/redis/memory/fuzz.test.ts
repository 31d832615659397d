import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, RedisError, type Reply, Status } from "../engine.ts";
import { hasRedisServer, type RedisServer, startRedisServer } from "../redis-server.fixture.ts";
import { createTcpEngine } from "../tcp.ts";
import { createMemoryEngine } from "./engine.ts";

const key = fc.constantFrom("a", "b", "c");
const field = fc.constantFrom("f", "g", "h", "");
const small = fc.integer({ min: -5, max: 5 }).map(String);
const big = fc.constantFrom("9223372036854775807", "-9223372036854775808", "9223372036854775806");
const text = fc.oneof(
  small,
  big,
  fc.constantFrom("", "x", "007", "1.5", " 1", "+1", "-0", "\xff\x00"),
);
const score = fc.oneof(small, fc.constantFrom("0.5", "-1.25", "inf", "-inf", "nan", "(1", "x"));
const far = fc.constantFrom("100000", "-1", "0", "200000", "x");
const words = (name: string, ...parts: fc.Arbitrary<string | string[]>[]) =>
  fc.tuple(...parts).map((given) => [name, ...given.flat()]);
const some = (part: fc.Arbitrary<string>) => fc.array(part, { maxLength: 3 });
const flags = (...names: string[]) => fc.subarray(names, { maxLength: 2 });
const pairsOf = (one: fc.Arbitrary<string>, other: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(one, other), { maxLength: 2 }).map((list) => list.flat());

const scanOptions = fc
  .array(
    fc.oneof(
      fc.constantFrom(["MATCH", "*"], ["MATCH", "[ab]"], ["TYPE", "string"], ["TYPE", "hash"]),
      fc.constantFrom(["COUNT", "100"], ["COUNT", "0"], ["COUNT", "x"], ["MATCH"], ["zz", "1"]),
    ),
    { maxLength: 2 },
  )
  .map((options) => options.flat());

const command = fc.oneof(
  words("SET", key, text, flags("NX", "XX", "GET", "KEEPTTL")),
  words("SET", key, text, fc.constantFrom("EX", "PX", "EXAT", "zz"), far),
  ...["GET", "GETDEL", "STRLEN", "INCR", "DECR", "TYPE", "PERSIST", "HGETALL", "HLEN", "HKEYS"].map(
    (name) => words(name, key),
  ),
  ...["HVALS", "ZCARD"].map((name) => words(name, key)),
  ...["SETNX", "GETSET", "APPEND", "INCRBY", "DECRBY"].map((name) => words(name, key, text)),
  ...["DEL", "EXISTS", "MGET", "UNLINK"].map((name) => words(name, some(key))),
  words("MSET", pairsOf(key, text)),
  ...["SETEX", "PSETEX"].map((name) => words(name, key, far, text)),
  words("EXPIRE", key, far, flags("NX", "XX", "GT", "LT")),
  words(
    "PEXPIRE",
    key,
    fc.constantFrom("100000000", "-1", "0", "x"),
    flags("NX", "XX", "GT", "LT"),
  ),
  words("EXPIREAT", key, fc.constantFrom("1", "99999999999", "x"), flags("NX", "XX", "GT", "LT")),
  words("SCAN", fc.constantFrom("0", "x", "1x", ""), scanOptions),
  words("PEXPIREAT", key, fc.constantFrom("1", "99999999999999")),
  words("TTL", key),
  ...["HSET", "HMSET"].map((name) => words(name, key, pairsOf(field, text))),
  words("HSETNX", key, field, text),
  words("HGET", key, field),
  words("HEXISTS", key, field),
  words("HINCRBY", key, field, text),
  ...["HMGET", "HDEL"].map((name) => words(name, key, some(field))),
  words("ZADD", key, flags("NX", "XX", "GT", "LT", "CH", "INCR"), pairsOf(score, field)),
  words("ZINCRBY", key, score, field),
  ...["ZSCORE", "ZRANK"].map((name) => words(name, key, field)),
  words("ZREM", key, some(field)),
  words("ZCOUNT", key, score, score),
  words("ZRANGE", key, small, small, flags("REV", "WITHSCORES")),
  words("ZRANGE", key, score, score, fc.constant("BYSCORE"), flags("REV", "WITHSCORES")),
  words("ZRANGEBYSCORE", key, score, score, fc.constant(["LIMIT"]), small, small),
  words("ZREMRANGEBYSCORE", key, score, score),
  words("ZREMRANGEBYRANK", key, small, small),
  words("KEYS", fc.constantFrom("*", "[a-b]", "?", "[^a]", "a*", "\\a", "zz", "[", "")),
  fc.constantFrom<string[][]>(
    ["NOSUCH", "x"],
    ["GET"],
    ["GET", "a", "b"],
    ["HSET", "a", "f"],
    ["PING", "x"],
    ["PING", "x", "y"],
    ["ECHO", "x"],
    ["DBSIZE"],
    ["DBSIZE", "x"],
    ["FLUSHDB"],
    ["FLUSHALL", "ASYNC"],
    ["FLUSHALL", "zz"],
    ["SCRIPT", "zz"],
    ["SCRIPT", "LOAD"],
    ["SCRIPT", "FLUSH", "SYNC"],
    ["SCRIPT", "FLUSH", "zz"],
    ["SCRIPT", "EXISTS"],
    ["EVAL", "return 1", "x"],
    ["EVAL", "return 1", "-1"],
    ["EVAL", "return 1", "1"],
    ["EVALSHA", "0", "0"],
  ),
);

const inAnyOrder = new Set(["HGETALL", "HKEYS", "HVALS", "KEYS"]);

/** What can be compared: the order of a hash is nobody's, and a clock runs between the two. */
async function outcome(engine: Engine, line: string[]): Promise<unknown> {
  try {
    return plain(line, await engine.run(line));
  } catch (error) {
    // A real one adds the script's SHA and line.
    if (error instanceof RedisError) return { error: error.message.replace(/ script: .*/, "") };
    throw error;
  }
}

function plain([name = ""]: string[], reply: Reply): unknown {
  if (reply instanceof Status) return reply.text;
  if (name === "HGETALL") {
    const list = reply as string[];
    return list.flatMap((item, i) => (i % 2 ? [] : [`${item}=${list[i + 1]}`])).sort();
  }
  if (inAnyOrder.has(name)) return [...(reply as string[])].sort();
  if (name === "SCAN" && Array.isArray(reply))
    return [reply[0], [...(reply[1] as string[])].sort()];
  if (name === "TTL" && (reply as number) > 0) return Math.round((reply as number) / 10_000);
  return reply;
}

const title = hasRedisServer ? "" : " (skipped: no redis-server is here)";
describe.skipIf(!hasRedisServer)(`the engine in memory against a real Redis${title}`, () => {
  let server: RedisServer;
  let real: Engine;
  beforeAll(async () => {
    server = await startRedisServer();
    real = createTcpEngine(server.url);
  });
  afterAll(async () => {
    await real.close();
    await server.stop();
  });

  async function agree(lines: string[][]): Promise<void> {
    const memory = createMemoryEngine();
    try {
      await real.run(["FLUSHALL"]);
      for (const [i, line] of lines.entries()) {
        const [ours, theirs] = [await outcome(memory, line), await outcome(real, line)];
        expect(ours, JSON.stringify(lines.slice(0, i + 1))).toEqual(theirs);
      }
    } finally {
      await memory.close();
    }
  }

  it("answers any sequence of commands alike, errors to the letter", async () => {
    const sequence = fc.array(command, { minLength: 1, maxLength: 40 });
    await fc.assert(fc.asyncProperty(sequence, agree), { numRuns: 300 });
  });

  it("answers alike what scripts return, and what they leave", async () => {
    const numbers = fc.oneof(fc.integer(), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
    const program = fc.constantFrom(
      "return ARGV[1] + ARGV[2]",
      "return tostring(math.floor(ARGV[1]) % 1000000 * 1000003 / 4)",
      "return tostring(math.floor(ARGV[1] / 7)) .. math.floor(ARGV[1]) % 13",
      "redis.call('HSET', KEYS[1], 'v', ARGV[1] * 2) return redis.call('HGET', KEYS[1], 'v')",
      "return {redis.call('INCR', KEYS[1] .. 'n'), tonumber(ARGV[1]) > tonumber(ARGV[2])}",
      "return redis.call('SET', KEYS[1], ARGV[2], 'PX', 100000)",
      "return {math.min(ARGV[1], ARGV[2]), {tonumber(ARGV[1])}, nil, 5}",
      "local t = {} for i = 1, 3 do t[i] = i * ARGV[1] end return t",
    );
    const call = fc
      .tuple(program, numbers, numbers)
      .map(([lua, a, b]) => ["EVAL", lua, "1", "k", `${Math.fround(a)}`, `${Math.fround(b)}`]);
    await fc.assert(fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 8 }), agree), {
      numRuns: 200,
    });
  });
});
