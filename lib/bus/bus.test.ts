import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createPool } from "../db/pool";
import { createProxy } from "../proxy.fixture";
import type { Bus } from "./bus";
import { createPostgresBus } from "./postgres";
import { createRedisBus } from "./redis";

/** One implementation, and the server behind it. */
interface Backend {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The server's address. */
  url(): string;
  /** A bus whose connections bear this name, at this address. */
  open(url: string, name: string, onError: (error: Error) => void): Bus;
  /** Connections of this name that listen. */
  listening(name: string): Promise<number>;
  /** Has the server cut them. */
  cut(name: string): Promise<void>;
  /** Places of the shared pool that are taken or waited for, where there is one. */
  taken(): number;
  /** What a client sends to listen to a channel. */
  listenCommand: RegExp;
}

function postgres(): Backend {
  let pool: pg.Pool;
  const url = () => process.env.DATABASE_URL as string;
  const named = "FROM pg_stat_activity WHERE application_name = $1";
  return {
    async start() {
      pool = createPool(url(), 4);
    },
    stop: () => pool.end(),
    url,
    open(address, name, onError) {
      const own = new URL(address);
      own.searchParams.set("application_name", name);
      return createPostgresBus(pool, own.href, onError);
    },
    listening: async (name) => (await pool.query(`SELECT 1 ${named}`, [name])).rowCount ?? 0,
    cut: async (name) =>
      void (await pool.query(`SELECT pg_terminate_backend(pid) ${named}`, [name])),
    taken: () => pool.totalCount - pool.idleCount + pool.waitingCount,
    listenCommand: /LISTEN/,
  };
}

function redis(): Backend {
  let url = process.env.REDIS_URL ?? "";
  let server: ChildProcess | undefined;
  let folder: string | undefined;
  let admin: Redis;
  const idsOf = async (name: string) => {
    const clients = String(await admin.call("CLIENT", "LIST", "TYPE", "PUBSUB")).split("\n");
    return clients
      .filter((line) => line.includes(` name=${name} `))
      .map((line) => /\bid=(\d+)/.exec(line)?.[1] as string);
  };
  return {
    async start() {
      if (!url) {
        const finder = createServer();
        await once(finder.listen(0, "127.0.0.1"), "listening");
        const { port } = finder.address() as AddressInfo;
        await new Promise((resolve) => finder.close(resolve));
        folder = await mkdtemp(path.join(tmpdir(), "bus-redis-"));
        const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder];
        server = spawn("redis-server", options, { stdio: "ignore" });
        url = `redis://127.0.0.1:${port}`;
      }
      admin = new Redis(url);
      admin.on("error", () => {});
      await admin.ping();
    },
    async stop() {
      admin.disconnect();
      if (server && server.exitCode === null) {
        server.kill();
        await once(server, "exit");
      }
      if (folder) await rm(folder, { recursive: true });
    },
    url: () => url,
    open(address, name, onError) {
      const own = new URL(address);
      own.searchParams.set("connectionName", name);
      return createRedisBus(own.href, onError);
    },
    listening: async (name) => (await idsOf(name)).length,
    cut: async (name) => {
      for (const id of await idsOf(name)) await admin.call("CLIENT", "KILL", "ID", id);
    },
    taken: () => 0,
    listenCommand: /subscribe/i,
  };
}

const hasRedis =
  Boolean(process.env.REDIS_URL) ||
  spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;

describe("over Postgres", () => contract(postgres()));
describe.skipIf(!hasRedis)(
  hasRedis ? "over Redis" : "over Redis (skipped: neither REDIS_URL nor a redis-server is here)",
  () => contract(redis()),
);

it("over Postgres, connects again where a LISTEN is refused and the connection stands", async () => {
  const pool = createPool(process.env.DATABASE_URL as string, 1);
  const proxy = await createProxy(process.env.DATABASE_URL as string);
  const bus = createPostgresBus(pool, proxy.url, () => undefined);
  try {
    await bus.ready();
    // Out of memory, as a server may be at any statement.
    proxy.answerWithError(/LISTEN "refused"/, "53200");
    const heard: string[] = [];
    let gaps = 0;
    for (const channel of ["refused", "other"])
      bus.subscribe(
        channel,
        (message) => heard.push(`${channel}: ${message}`),
        () => gaps++,
      );
    await expect.poll(() => proxy.size(), { interval: 2 }).toBe(0);
    await proxy.restore();
    await soon(() => gaps).toBeGreaterThan(1);
    for (const channel of ["refused", "other"]) await bus.publish(channel, "a");
    await soon(() => heard.toSorted()).toEqual(["other: a", "refused: a"]);
  } finally {
    await bus.close();
    await proxy.close();
    await pool.end();
  }
});

it("over Redis, connects again where a SUBSCRIBE is refused and the connection stands", async () => {
  let refusing = true;
  const subscribed = new Set<Socket>();
  const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
  /** Just enough of a Redis: it refuses to subscribe, or remembers who did. */
  const server = createServer((client) => {
    client.on("error", () => undefined).once("close", () => subscribed.delete(client));
    client.on("data", (bytes) => {
      for (const command of bytes
        .toString()
        .split(/^\*\d+\r\n/m)
        .filter(Boolean)) {
        const [name = "", channel = ""] = command.split("\r\n").filter((_, i) => i % 2 === 1);
        if (name.toLowerCase() !== "subscribe") client.write("+OK\r\n");
        else if (refusing) client.write("-OOM refused by the test\r\n");
        else {
          subscribed.add(client);
          client.write(`>3\r\n${bulk("subscribe")}${bulk(channel)}:1\r\n`);
        }
      }
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const errors: string[] = [];
  const { port } = server.address() as AddressInfo;
  const bus = createRedisBus(`redis://127.0.0.1:${port}`, ({ message }) => errors.push(message));
  const heard: string[] = [];
  let gaps = 0;
  try {
    await bus.ready();
    bus.subscribe(
      "wanted",
      (message) => heard.push(message),
      () => gaps++,
    );
    await soon(() => errors).toEqual([expect.stringContaining("OOM")]);
    expect(gaps).toBe(0);
    refusing = false;
    await soon(() => subscribed.size).toBe(1);
    await soon(() => gaps).toBe(1);
    for (const client of subscribed)
      client.write(`>3\r\n${["message", "wanted", "a"].map(bulk).join("")}`);
    await soon(() => heard).toEqual(["a"]);
  } finally {
    await bus.close();
    server.close();
  }
});

/** Resolves like the promise, or to `late` when that takes longer than any of this may. */
function within<T>(promise: Promise<T>, ms = 4_000): Promise<T | "late"> {
  let timer: NodeJS.Timeout;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, ms, "late");
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const soon = <T>(look: () => T) => expect.poll(look, { interval: 5, timeout: 2_000 });

/** What every implementation of the bus does. */
function contract(backend: Backend) {
  const closers: (() => Promise<unknown>)[] = [];
  beforeAll(() => backend.start());
  afterAll(() => backend.stop());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  /** A bus of its own, as another process would have it. */
  function instance(address = backend.url()) {
    const name = `bus-${randomUUID()}`;
    const errors: Error[] = [];
    const bus = backend.open(address, name, (error) => errors.push(error));
    closers.push(() => bus.close());
    return { bus, name, errors };
  }

  /** Subscribes, and waits until messages arrive. */
  async function listen(bus: Bus, channel: string) {
    const heard: string[] = [];
    let gaps = 0;
    const end = bus.subscribe(
      channel,
      (message) => heard.push(message),
      () => gaps++,
    );
    await soon(() => gaps).toBeGreaterThan(0);
    return { heard, end, gaps: () => gaps };
  }

  /** Once this has arrived, everything that was sent before it has as well. */
  async function flush(from: Bus, to: Bus, channel: string) {
    const mark = randomUUID();
    let arrived = false;
    const end = to.subscribe(channel, (message) => {
      arrived ||= message === mark;
    });
    await from.publish(channel, mark);
    await soon(() => arrived).toBe(true);
    end();
    return mark;
  }

  async function throughProxy() {
    const proxy = await createProxy(backend.url());
    closers.push(proxy.close);
    return proxy;
  }

  const newChannel = () => `test:${randomUUID()}`;

  it("delivers to all who listen, in this process and in others, the sender included", async () => {
    const [one, two] = [instance(), instance()];
    const channel = newChannel();
    const all = [
      await listen(one.bus, channel),
      await listen(one.bus, channel),
      await listen(two.bus, channel),
    ];
    const elsewhere = await listen(two.bus, newChannel());
    for (const text of ["1", "2", "3"]) await one.bus.publish(channel, text);
    const mark = await flush(one.bus, two.bus, channel);
    for (const { heard } of all) await soon(() => heard).toEqual(["1", "2", "3", mark]);
    expect(elsewhere.heard).toEqual([]);
  });

  it("delivers whatever text it is, up to 7 KB, as it was sent", async () => {
    const [one, two] = [instance(), instance()];
    const channel = newChannel();
    const { heard } = await listen(two.bus, channel);
    const texts = [
      "",
      "'; --",
      '{"a":"b\\n"}',
      "ß 語 🦉",
      "x".repeat(7 * 1024),
      "語".repeat(2_389),
    ];
    expect(Math.max(...texts.map((text) => Buffer.byteLength(text)))).toBe(7 * 1024);
    for (const text of texts) await one.bus.publish(channel, text);
    await soon(() => heard).toEqual(texts);
  });

  it("delivers nothing to those who left, and everything to those who stay", async () => {
    const { bus } = instance();
    const channel = newChannel();
    const leaver = await listen(bus, channel);
    const stayer = await listen(bus, channel);
    await bus.publish(channel, "before");
    await soon(() => leaver.heard).toEqual(["before"]);
    leaver.end();
    await bus.publish(channel, "after");
    await soon(() => stayer.heard).toEqual(["before", "after"]);
    expect(leaver.heard).toEqual(["before"]);
  });

  it("delivers again to a channel that everybody had left", async () => {
    const { bus } = instance();
    const channel = newChannel();
    (await listen(bus, channel)).end();
    const { heard } = await listen(bus, channel);
    await bus.publish(channel, "again");
    await soon(() => heard).toEqual(["again"]);
  });

  it("ends nobody else's subscription when one is ended twice", async () => {
    const { bus } = instance();
    const channel = newChannel();
    const first = await listen(bus, channel);
    first.end();
    const second = await listen(bus, channel);
    first.end();
    await bus.publish(channel, "still here");
    await soon(() => second.heard).toEqual(["still here"]);
  });

  it("tells of a gap after a cut, once messages arrive again", async () => {
    const [one, two] = [instance(), instance()];
    const [channel, another] = [newChannel(), newChannel()];
    const listeners = [
      await listen(one.bus, channel),
      await listen(one.bus, channel),
      await listen(one.bus, another),
    ];
    const before = listeners.map(({ gaps }) => gaps());
    await backend.cut(one.name);
    for (const [i, { gaps }] of listeners.entries())
      await soon(gaps).toBeGreaterThan(before[i] as number);
    await two.bus.publish(channel, "after the cut");
    await two.bus.publish(another, "here as well");
    for (const { heard } of listeners.slice(0, 2))
      await soon(() => heard).toEqual(["after the cut"]);
    await soon(() => listeners[2]?.heard).toEqual(["here as well"]);
    expect(await backend.listening(one.name)).toBe(1);
  });

  it("comes back after each of six losses, with one connection, and closes at once", async () => {
    const [one, two] = [instance(), instance()];
    const channel = newChannel();
    const { heard, gaps } = await listen(one.bus, channel);
    const sent: string[] = [];
    for (let loss = 1; loss <= 6; loss++) {
      const before = gaps();
      await backend.cut(one.name);
      await soon(gaps).toBeGreaterThan(before);
      sent.push(`after loss ${loss}`);
      await two.bus.publish(channel, `after loss ${loss}`);
      await soon(() => heard).toEqual(sent);
      expect(await backend.listening(one.name)).toBe(1);
    }
    expect(backend.taken()).toBe(0);
    await backend.cut(one.name);
    const begun = performance.now();
    await one.bus.close();
    expect(performance.now() - begun).toBeLessThan(1_000);
    await soon(() => backend.listening(one.name)).toBe(0);
  });

  it("tells of a gap after a cut, and not before the server listens for us again", async () => {
    const proxy = await throughProxy();
    const { bus, name } = instance(proxy.url);
    await bus.ready();
    const { gaps } = await listen(bus, newChannel());
    const before = gaps();
    const asked = proxy.hang(backend.listenCommand);
    await backend.cut(name);
    await asked;
    await backend.listening(name);
    expect(gaps()).toBe(before);
    await proxy.restore();
    await soon(gaps).toBeGreaterThan(before);
  });

  it("tells each new listener when messages arrive, the second one of a channel as well", async () => {
    const proxy = await throughProxy();
    const { bus, name } = instance(proxy.url);
    await listen(bus, newChannel());
    const asked = proxy.hang(backend.listenCommand);
    const told: string[] = [];
    const channel = newChannel();
    for (const who of ["first", "second"])
      bus.subscribe(
        channel,
        () => {},
        () => told.push(who),
      );
    await asked;
    await backend.listening(name);
    expect(told).toEqual([]);
    await proxy.restore();
    await soon(() => told.toSorted()).toEqual(["first", "second"]);
  });

  it("is ready once the server is there, also for who asked while it was not", async () => {
    const proxy = await throughProxy();
    await proxy.refuse();
    const { bus, errors } = instance(proxy.url);
    const ready = bus.ready().then(() => "ready");
    await soon(() => errors.length).toBeGreaterThan(0);
    await proxy.restore();
    await soon(() => proxy.size()).toBeGreaterThan(0);
    expect(await within(bus.ready())).toBeUndefined();
    expect(await within(ready, 500)).toBe("ready");
  });

  it("hears nothing more, and holds no connection, once it is closed", async () => {
    const [one, two] = [instance(), instance()];
    const channel = newChannel();
    const closed = await listen(one.bus, channel);
    await listen(two.bus, channel);
    expect(await backend.listening(one.name)).toBe(1);
    await one.bus.close();
    await flush(two.bus, two.bus, channel);
    expect(closed.heard).toEqual([]);
    await soon(() => backend.listening(one.name)).toBe(0);
  });

  it("holds no connection where it is closed before it was ready", async () => {
    const proxy = await throughProxy();
    const greeted = proxy.hang(/./s);
    const { bus } = instance(proxy.url);
    bus.subscribe(newChannel(), () => {});
    await greeted;
    expect(await within(bus.close())).toBeUndefined();
    await proxy.restore();
    await soon(() => proxy.size()).toBe(0);
  });

  it("can be closed while its connection is away, and twice", async () => {
    const { bus, name } = instance();
    await listen(bus, newChannel());
    await backend.cut(name);
    await soon(() => backend.listening(name)).toBe(0);
    expect(await within(bus.close())).toBeUndefined();
    expect(await within(bus.close())).toBeUndefined();
  });
}
