import { createHash } from "node:crypto";
import { connect } from "node:net";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseCommand } from "./command.ts";
import { type EmbeddedRedis, startRedis } from "./index.ts";
import { createPlug } from "./plug.ts";
import { hasRedisServer, type RedisServer, startRedisServer } from "./redis-server.fixture.ts";
import { createTcpEngine } from "./tcp.ts";

const token = "the token";
const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

function suite(engine: "memory" | "tcp") {
  let server: RedisServer | undefined;
  let redis: EmbeddedRedis;
  let client: Redis;
  beforeAll(async () => {
    if (engine === "tcp") server = await startRedisServer();
    redis = await startRedis({ token, engine: server ? { url: server.url } : "memory" });
    client = new Redis({ url: redis.url, token, retry: false, enableTelemetry: false });
  });
  afterAll(async () => {
    await redis.stop();
    await server?.stop();
  });

  /** One request as it is on the wire. */
  async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(redis.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }
  const base64 = { "upstash-encoding": "base64" };
  const encoded = (text: string) => Buffer.from(text).toString("base64");

  it("wants the token, whatever the address", async () => {
    const wrong = ["", "Bearer", "Bearer wrong", `Basic ${token}`, `Bearer ${token}x`];
    for (const authorization of wrong)
      for (const path of ["/", "/pipeline", "/multi-exec", "/plug", "/nothing"]) {
        const answer = await post(path, ["PING"], { authorization });
        expect(answer).toEqual({ status: 401, body: { error: "Unauthorized" } });
      }
  });

  it("answers a command with 200, and its error with 400", async () => {
    expect(await post("/", ["SET", "a", "1"])).toEqual({ status: 200, body: { result: "OK" } });
    expect(await post("/", ["get", "a"])).toEqual({ status: 200, body: { result: "1" } });
    expect(await post("/", ["GET", "missing"])).toEqual({ status: 200, body: { result: null } });
    const { status, body } = await post("/", ["HGET", "a", "b"]);
    expect(status).toBe(400);
    expect(body.error).toMatch(/^WRONGTYPE /);
    expect((await post("/", ["NOSUCH", "x"])).body.error).toMatch(/^ERR unknown command 'NOSUCH'/);
    expect((await post("/", ["GET"])).body.error).toMatch(/^ERR wrong number of arguments/);
  });

  it("answers a pipeline with 200, each result or error in its place", async () => {
    const commands = [["SET", "p", "x"], ["INCR", "p"], ["SUBSCRIBE", "c"], "no", ["GET", "p"]];
    const { status, body } = await post("/pipeline", commands);
    expect(status).toBe(200);
    expect(body.map((one: object) => Object.keys(one)[0])).toEqual([
      ...["result", "error", "error", "error", "result"],
    ]);
    expect(body[4]).toEqual({ result: "x" });
  });

  it("runs a transaction whole, or not at all", async () => {
    const done = await post("/multi-exec", [
      ["SET", "t", "1"],
      ["HGET", "t", "f"],
      ["INCR", "t"],
    ]);
    expect(done.status).toBe(200);
    expect(done.body).toEqual([
      { result: "OK" },
      { error: expect.stringMatching(/^WRONGTYPE/) },
      { result: 2 },
    ]);
    for (const bad of [["NOSUCH"], ["GET"], ["MULTI"], []]) {
      const aborted = await post("/multi-exec", [["SET", "t", "9"], bad]);
      expect(aborted.status).toBe(400);
      expect(aborted.body.error).toMatch(/^EXECABORT /);
    }
    expect((await post("/", ["GET", "t"])).body).toEqual({ result: "2" });
  });

  it("encodes every string at any depth where base64 is asked for, and nothing else", async () => {
    const nested = "return {'ü', 7, false, {'x', {1}}}";
    expect((await post("/", ["EVAL", nested, 0], base64)).body).toEqual({
      result: [encoded("ü"), 7, null, [encoded("x"), [1]]],
    });
    expect((await post("/", ["SET", "e", "€"], base64)).body).toEqual({ result: encoded("OK") });
    expect((await post("/", ["GET", "e"], base64)).body).toEqual({ result: encoded("€") });
    expect((await post("/", ["STRLEN", "e"], base64)).body).toEqual({ result: 3 });
    const failed = await post("/", ["INCR", "e"], base64);
    expect(failed.body.error).toMatch(/^ERR value is not an integer/);
    const raw = await post("/", ["EVAL", "return string.char(255, 0, 10)", 0], base64);
    expect(Buffer.from(raw.body.result, "base64")).toEqual(Buffer.from([255, 0, 10]));
  });

  it("takes numbers as their text, objects as JSON", async () => {
    await post("/", ["HSET", "o", "n", 1.5, "b", true, "j", { a: [1] }, "z", null]);
    expect((await post("/", ["HMGET", "o", "n", "b", "j", "z"])).body).toEqual({
      result: ["1.5", "true", '{"a":[1]}', "null"],
    });
  });

  it("keeps numbers as they are written, as large and as exact as they are", async () => {
    const body =
      '["HSET", "exact", "a", 9007199254740993, "b", 1e999, "c", 1.0, "d", {"n": 12345678901234567890}]';
    expect((await post("/", body)).body).toEqual({ result: 4 });
    expect((await post("/", ["HMGET", "exact", "a", "b", "c", "d"])).body).toEqual({
      result: ["9007199254740993", "1e999", "1.0", '{"n":12345678901234567890}'],
    });
  });

  it("takes no body that is not UTF-8", async () => {
    const body = Buffer.concat([
      Buffer.from('["SET", "u", "'),
      Buffer.from([0xff]),
      Buffer.from('"]'),
    ]);
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(redis.url, { method: "POST", headers, body });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: "ERR the body is not JSON" },
    ]);
    expect((await post("/", ["EXISTS", "u"])).body).toEqual({ result: 0 });
  });

  it("takes a thousand commands at once, and ten thousand arguments; more are refused", async () => {
    const pings = (count: number) => Array.from({ length: count }, () => ["PING"]);
    for (const path of ["/pipeline", "/multi-exec"]) {
      expect((await post(path, pings(1_000))).body).toHaveLength(1_000);
      const more = await post(path, pings(1_001));
      expect([more.status, more.body.error]).toEqual([400, expect.stringMatching(/^ERR .*1000/)]);
    }
    const del = (words: number) => ["DEL", ...Array.from({ length: words - 1 }, (_, i) => `n${i}`)];
    expect((await post("/", del(10_000))).body).toEqual({ result: 0 });
    expect((await post("/", del(10_001))).body.error).toMatch(/^ERR .*10000/);
  });

  it("says with a refusal how to ask: the scheme, the method", async () => {
    const unauthorized = await fetch(redis.url, { method: "POST", body: "[]" });
    expect(unauthorized.headers.get("www-authenticate")).toBe("Bearer");
    for (const path of ["/", "/pipeline", "/multi-exec", "/plug"]) {
      const headers = { authorization: `Bearer ${token}` };
      const get = await fetch(redis.url + path, { headers });
      expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    }
  });

  it.each(
    ["SUBSCRIBE c", "psubscribe c", "MULTI", "EXEC", "WATCH a", "SELECT 1", "BLPOP a 0"].concat([
      ...["BZPOPMIN a 0", "MONITOR", "AUTH x", "QUIT", "CONFIG GET *", "SHUTDOWN", "CLIENT ID"],
      ...["XREAD BLOCK 0 STREAMS a 0", "WAIT 1 0", "SCRIPT KILL", "DEBUG SLEEP 1"],
      ...["REPLCONF listening-port 1", "FUNCTION KILL", "PFDEBUG ENCODING a", "PFSELFTEST"],
    ]),
  )("refuses %s", async (line) => {
    const { status, body } = await post("/", line.split(" "));
    expect(status).toBe(400);
    expect(body.error).toMatch(/^ERR .*not available over REST/);
  });

  it("refuses what is no command, no JSON, too large or elsewhere, and goes on", async () => {
    for (const body of ["{", "7", "null", '"PING"', "[]", "{}", "[[]]"])
      expect((await post("/", body)).status).toBe(400);
    for (const body of ["{", "7", "{}"]) expect((await post("/pipeline", body)).status).toBe(400);
    const large = await post("/", ["SET", "large", "x".repeat(1_100_000)]);
    expect(large.status).toBe(413);
    expect((await post("/nothing", ["PING"])).status).toBe(404);
    const get = await fetch(redis.url, { headers: { authorization: `Bearer ${token}` } });
    expect(get.status).toBe(405);
    // One that leaves in the middle of its body.
    await new Promise<void>((resolve) => {
      const socket = connect(redis.port, "127.0.0.1", () => {
        socket.write(`POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`);
        socket.write("Content-Length: 100\r\n\r\n[", () => socket.destroy());
      }).once("close", () => resolve());
    });
    expect((await post("/", ["PING"])).body).toEqual({ result: "PONG" });
  });

  it("knows a script by the SHA of what was sent, its shebang line included", async () => {
    const script = `#!lua flags=allow-key-locking\nreturn {KEYS[1], ARGV[1], ${Math.random()} > 2}`;
    const missing = await post("/", ["EVALSHA", sha1(script), 1, "k", "a"]);
    expect(missing).toEqual({
      status: 400,
      body: { error: "NOSCRIPT No matching script. Please use EVAL." },
    });
    const result = { result: ["k", "a", null] };
    expect((await post("/", ["EVAL", script, 1, "k", "a"])).body).toEqual(result);
    expect((await post("/", ["EVALSHA", sha1(script), 1, "k", "a"])).body).toEqual(result);
    const other = `#!lua flags=no-writes\nreturn ${Math.random()} > 2`;
    expect((await post("/", ["SCRIPT", "LOAD", other])).body).toEqual({ result: sha1(other) });
    const exists = ["SCRIPT", "EXISTS", sha1(other), sha1(script), "f".repeat(40)];
    expect((await post("/", exists)).body).toEqual({ result: [1, 1, 0] });
    await post("/", ["SCRIPT", "FLUSH"]);
    expect((await post("/", ["EVALSHA", sha1(other), 0])).status).toBe(400);
  });

  it("takes the shebang line off in transactions too, and of scripts that only read", async () => {
    const script = `#!lua flags=allow-key-locking\nreturn {ARGV[1], ${Math.random()} > 2}`;
    const other = `#!lua flags=no-writes\nreturn ${Math.random()} > 2`;
    const { status, body } = await post("/multi-exec", [
      ["EVALSHA", sha1(script), 0, "a"],
      ["EVAL", script, 0, "a"],
      ["EVALSHA", sha1(script), 0, "b"],
      ["SCRIPT", "LOAD", other],
      ["SCRIPT", "EXISTS", sha1(other), sha1(script), "f".repeat(40)],
    ]);
    expect(status).toBe(200);
    expect(body).toEqual([
      { error: "NOSCRIPT No matching script. Please use EVAL." },
      { result: ["a", null] },
      { result: ["b", null] },
      { result: sha1(other) },
      { result: [1, 1, 0] },
    ]);
    if (engine === "memory") return;
    const reading = `#!lua flags=allow-key-locking\nreturn ARGV[1]`;
    expect((await post("/", ["EVAL_RO", reading, 0, "r"])).body).toEqual({ result: "r" });
    expect((await post("/", ["EVALSHA_RO", sha1(reading), 0, "r"])).body).toEqual({ result: "r" });
  });

  it("has Lua's facts as Redis has them", async () => {
    const evaluate = async (script: string, ...args: unknown[]) =>
      (await post("/", ["EVAL", script, 1, "lua:k", ...args])).body;
    await post("/", ["DEL", "lua:k"]);
    const facts: [script: string, result: unknown][] = [
      ["return redis.call('HMGET', KEYS[1], 'f')[1] == false", 1],
      ["return {1.9, -1.9, true, false, 'x', nil, 'lost'}", [1, -1, 1, null, "x"]],
      ["return tostring(10 / 2) .. '|' .. 2^31 .. '|' .. (0.5)", "5|2147483648|0.5"],
      ["return 1732320000 * 1000 == 1732320000000.0", 1],
      ["return ARGV[1] * ARGV[1] == 4611686014132420609", 1],
      ["return redis.status_reply('FINE')", "FINE"],
      ["redis.call('SET', KEYS[1], 0.1) return redis.call('GET', KEYS[1])", "0.10000000000000001"],
      ["redis.call('SET', KEYS[1], 3 * 4) return redis.call('GET', KEYS[1])", "12"],
      ["return redis.call('SET', KEYS[1], 'v')['ok']", "OK"],
      ["return redis.pcall('HGET', KEYS[1], 'f')['err']:sub(1, 9)", "WRONGTYPE"],
      ["return redis.sha1hex('')", sha1("")],
      ["return #redis.call('TIME')", 2],
      ["return select('#', unpack({1, 2, 3}))", 3],
    ];
    for (const [script, result] of facts)
      expect([script, await evaluate(script, "2147483647")]).toEqual([script, { result }]);
    const errors: [script: string, error: RegExp][] = [
      ["return redis.call('NOSUCH')", /[Uu]nknown/],
      ["return redis.call('INCR', KEYS[1])", /not an integer/],
      ["return {err = 'MINE it is'}", /^MINE it is/],
      ["error('boom')", /boom/],
      ["x = 1", /global variable|readonly table/],
      ["return y", /nonexistent global variable/],
      ["return (", /compiling script/],
      ["local function f() return f() + 1 end return f()", /stack overflow/],
    ];
    for (const [script, error] of errors)
      expect((await evaluate(script)).error, script).toMatch(error);
  });

  it("serves @upstash/ratelimit: exactly the limit of 200 at once, by each algorithm", async () => {
    const limiters = {
      fixed: Ratelimit.fixedWindow(50, "1 h"),
      sliding: Ratelimit.slidingWindow(50, "1 h"),
      bucket: Ratelimit.tokenBucket(1, "1 h", 50),
    };
    for (const [name, limiter] of Object.entries(limiters)) {
      const ratelimit = new Ratelimit({
        redis: client,
        limiter,
        prefix: name,
        ephemeralCache: false,
      });
      const answers = await Promise.all(Array.from({ length: 200 }, () => ratelimit.limit("me")));
      expect([name, answers.filter(({ success }) => success).length]).toEqual([name, 50]);
    }
  });
}

describe("the bridge over the engine in memory", () => suite("memory"));
describe.skipIf(!hasRedisServer)(
  `the bridge over TCP${hasRedisServer ? "" : " (skipped: no redis-server is here)"}`,
  () => suite("tcp"),
);

describe.skipIf(!hasRedisServer)("the commands of a real Redis", () => {
  it("that block or are the operator's are refused, all of them", async () => {
    const server = await startRedisServer();
    const engine = createTcpEngine(server.url);
    const all = (await engine.run(["COMMAND"])) as [string, number, string[]][];
    const isRefused = (name: string) => {
      try {
        parseCommand([name, "x", "x"]);
        return false;
      } catch {
        return true;
      }
    };
    const flagged = all.filter(([, , flags]) =>
      flags.some((f) => f === "admin" || f === "blocking"),
    );
    expect(flagged.length).toBeGreaterThan(20);
    expect(flagged.map(([name]) => name).filter((name) => !isRefused(name))).toEqual([]);
    await engine.close();
    await server.stop();
  });
});

describe.skipIf(!hasRedisServer)("a Redis behind the bridge that goes away", () => {
  it("is an error of each command, and the bridge goes on when it is back", async () => {
    const server = await startRedisServer();
    const redis = await startRedis({ token, engine: { url: server.url } });
    const headers = { authorization: `Bearer ${token}` };
    const ping = async () =>
      (await fetch(redis.url, { method: "POST", headers, body: '["PING"]' })).json();
    expect(await ping()).toEqual({ result: "PONG" });
    await server.stop();
    expect((await ping()).error).toMatch(/^ERR the Redis behind this endpoint does not answer/);
    await redis.stop();
    await redis.stop();
  });
});

describe("the engine in memory", () => {
  const started: EmbeddedRedis[] = [];
  afterAll(() => Promise.all(started.map((one) => one.stop())));
  let now = 1_700_000_000_000;
  async function start(memory: object) {
    const redis = await startRedis({ token, memory: { now: () => now, ...memory } });
    started.push(redis);
    const options = { url: redis.url, token, enableTelemetry: false, retry: false } as const;
    return new Redis(options);
  }

  it("has one clock for TIME and expiry, the one it is given", async () => {
    const client = await start({});
    expect(await client.time()).toEqual([1_700_000_000, 0]);
    await client.set("k", "v", { px: 1_000 });
    now += 999;
    expect(await client.pttl("k")).toBe(1);
    now += 1;
    expect(await client.get("k")).toBeNull();
    expect(await client.ttl("k")).toBe(-2);
  });

  it("takes away what is over although nobody asks for it", async () => {
    const client = await start({ maxKeys: 10 });
    for (let i = 0; i < 10; i++) await client.set(`k${i}`, "v", { px: 500 });
    await expect(client.set("more", "v")).rejects.toThrow("OOM");
    now += 500;
    await expect.poll(() => client.set("more", "v").catch(String)).toBe("OK");
  });

  it("refuses what would grow past its bounds, and still lets one read and delete", async () => {
    const client = await start({ maxBytes: 10_000 });
    await client.hset("h", { a: "x".repeat(9_000) });
    await client.set("s", "x".repeat(2_000));
    await expect(client.set("t", "y")).rejects.toThrow("OOM");
    await expect(client.eval("return redis.call('SET', 'u', 1)", [], [])).rejects.toThrow("OOM");
    expect(await client.hlen("h")).toBe(1);
    expect(await client.del("h")).toBe(1);
    expect(await client.set("t", "y")).toBe("OK");
  });

  it("has its stated bounds where none are given", async () => {
    const redis = await startRedis({ token });
    started.push(redis);
    const headers = { authorization: `Bearer ${token}` };
    const run = async (...command: unknown[]) => {
      const body = JSON.stringify(command);
      return (await fetch(redis.url, { method: "POST", headers, body })).json();
    };
    const fill = "for i = ARGV[1], ARGV[2] do redis.call('SET', 'k' .. i, '') end";
    for (let i = 1; i < 100_000; i += 20_000) await run("EVAL", fill, 0, i, i + 19_999);
    expect(await run("DBSIZE")).toEqual({ result: 100_000 });
    expect((await run("SET", "more", "x")).error).toMatch(/^OOM /);
    await run("FLUSHALL");
    const mebibyte = "redis.call('SET', KEYS[1], string.rep('x', 1048576))";
    for (let i = 0; i < 64; i++)
      expect((await run("EVAL", mebibyte, 1, `m${i}`)).error).toBe(undefined);
    expect((await run("SET", "more", "x")).error).toMatch(/^OOM /);
    const own = await start({});
    await own.set("k", "v");
    for (const library of ["cjson", "bit", "struct"])
      await expect(own.eval(`return ${library}.x`, [], [])).rejects.toThrow("nonexistent global");
    for (const command of [
      "LPUSH k v",
      "SADD k v",
      "XADD k * f v",
      "GEOADD k 1 1 m",
      "EVAL_RO x 0",
    ])
      expect((await run(...command.split(" "))).error).toMatch(/^ERR unknown command/);
  });

  it("ends a script that does not end", async () => {
    const client = await start({});
    await expect(client.eval("while true do end", [], [])).rejects.toThrow("too many steps");
    expect(await client.ping()).toBe("PONG");
  });
});

describe("the plug", () => {
  const headers = { authorization: `Bearer ${token}` };
  const call = (url: string, path: string, body: object) =>
    fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });

  it("answers 500, hangs, or takes no connection, and is back by itself", async () => {
    const redis = await startRedis({ token });
    const ping = () =>
      fetch(redis.url, {
        method: "POST",
        headers,
        body: '["PING"]',
        signal: AbortSignal.timeout(150),
      }).then(
        ({ status }) => status,
        ({ name, cause }) => cause?.code ?? name,
      );
    for (const [fault, seen] of [
      ["error", 500],
      ["hang", "TimeoutError"],
      ["refuse", "ECONNREFUSED"],
    ]) {
      expect((await call(redis.url, "/plug", { fault, seconds: 0.6 })).status).toBe(200);
      await expect.poll(ping, { interval: 20 }).toBe(seen);
      await expect.poll(ping, { timeout: 5_000 }).toBe(200);
    }
    await call(redis.url, "/plug", { fault: "hang", seconds: 60 });
    await expect.poll(ping, { interval: 20 }).toBe("TimeoutError");
    await call(redis.url, "/plug", { fault: null, seconds: 1 });
    await expect.poll(ping).toBe(200);
    for (const body of [
      { fault: "fire", seconds: 1 },
      { fault: "hang" },
      { fault: "hang", seconds: -1 },
    ])
      expect((await call(redis.url, "/plug", body)).status).toBe(400);
    await redis.stop();
  });

  it("stays pulled for a minute at most", () => {
    vi.useFakeTimers();
    const plug = createPlug(() => undefined);
    plug.pull("hang", 3_600);
    vi.advanceTimersByTime(59_999);
    expect(plug.fault()).toBe("hang");
    vi.advanceTimersByTime(1);
    expect(plug.fault()).toBeNull();
    plug.close();
    vi.useRealTimers();
  });

  it("does not outlive its server", async () => {
    const redis = await startRedis({ token });
    await call(redis.url, "/plug", { fault: "refuse", seconds: 60 });
    await redis.stop();
    await expect(fetch(redis.url)).rejects.toThrow();
  });
});
