import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fc from "fast-check";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createPostgresBus } from "../bus/postgres";
import { createPool } from "../db/pool";
import { createLog, type Log, type LogOptions } from "./log";
import type { Appended, TailItem } from "./types";

const url = process.env.DATABASE_URL as string;
let pool: pg.Pool;
const closers: (() => unknown)[] = [];

/** A log of its own, as another process would have it. */
function openLog(options: Partial<LogOptions> = {}): Log {
  const bus = createPostgresBus(pool, url, () => {});
  const log = createLog({ pool, bus, onError: () => {}, ...options });
  closers.push(
    () => log.close(),
    () => bus.close(),
  );
  return log;
}

const newStream = () => `test:${randomUUID()}`;

/** Reads `count` items of a tail, then leaves. */
async function take(items: AsyncIterable<TailItem>, count: number): Promise<TailItem[]> {
  const taken: TailItem[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

const seqs = (items: TailItem[]) =>
  items.map((item) => (item.kind === "entry" ? item.entry.seq : `reset ${item.oldest}`));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

beforeAll(() => {
  pool = createPool(url, 8);
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await pool.end();
});

describe("the appends of one turn", () => {
  it("go in one statement, whoever calls", async () => {
    const log = openLog();
    const query = vi.spyOn(pool, "query");
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await Promise.all(upTo(20).map((n) => turn().then(() => log.append(newStream(), "x", n))));
    const names = query.mock.calls.map(([asked]) => (asked as { name?: string }).name);
    query.mockRestore();
    expect(names.filter((name) => name === "log_append")).toHaveLength(1);
  });
});

describe("appends", () => {
  it("wait for no other query, where they have a connection of their own", async () => {
    const [busy, own] = [createPool(url, 1), createPool(url, 1)];
    closers.push(
      () => busy.end(),
      () => own.end(),
    );
    const log = openLog({ pool: busy, appendPool: own });
    const held = await busy.connect();
    expect(await log.append(newStream(), "t", "past the queue")).toMatchObject({ seq: 1 });
    held.release();
  });
});

describe("appendIn", () => {
  it("shares the fate of the caller's transaction, and tells readers after it", async () => {
    const [log, reader, stream] = [openLog(), openLog(), newStream()];
    const leaving = new AbortController();
    const seen = take(reader.tail(stream, 0, leaving.signal), 2);
    const client = await pool.connect();
    await client.query("BEGIN");
    await log.appendIn(client, [{ stream, type: "x", data: "undone" }]);
    await client.query("ROLLBACK");
    await client.query("BEGIN");
    const announce = await log.appendIn(client, [
      { stream, type: "x", data: "first" },
      { stream, type: "x", data: "second", key: "k" },
    ]);
    expect((await log.read(stream, 0, 10)).entries).toEqual([]);
    await client.query("COMMIT");
    client.release();
    announce();
    expect(seqs(await seen)).toEqual([1, 2]);
    expect((await log.append(stream, "x", "again", "k")).fresh).toBe(false);
    leaving.abort();
  });
});

describe("append", () => {
  it("numbers concurrent appends of two processes without a gap, in commit order", async () => {
    const stream = newStream();
    const writers = [1, 2].map((n) =>
      fork(new URL("./writer.fixture.ts", import.meta.url), [stream, `w${n}`, "300"], {
        execArgv: ["--import", "tsx"],
        env: { ...process.env, DATABASE_URL: url },
      }),
    );
    // A reader in the middle of it never sees a number before all smaller ones are there.
    const seen: number[] = [];
    let done = false;
    const watching = (async () => {
      while (!done) {
        const page = await openedLog.read(stream, seen.length, 1_000);
        for (const entry of page.entries) seen.push(entry.seq);
      }
    })();
    const codes = await Promise.all(writers.map(async (w) => (await once(w, "exit"))[0]));
    done = true;
    await watching;
    expect(codes).toEqual([0, 0]);
    const page = await openedLog.read(stream, 0, 1_000);
    expect(page.head).toBe(600);
    expect(page.entries.map((entry) => entry.seq)).toEqual(upTo(600));
    expect(seen).toEqual(upTo(600).slice(0, seen.length));
    // Each writer awaited every append, so its own entries stand in its own order.
    for (const name of ["w1", "w2"]) {
      const own = page.entries
        .map((e) => e.data as { by: string; n: number })
        .filter((d) => d.by === name);
      expect(own.map((d) => d.n)).toEqual(upTo(300));
    }
  });

  it("agrees with a model on any mix of streams and keys, together and one by one", async () => {
    const operation = fc.record({
      stream: fc.constantFrom("x", "y", "z"),
      key: fc.option(fc.constantFrom("k1", "k2", "k3")),
      value: fc.string({ unit: "binary" }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { maxLength: 30 }),
        fc.boolean(),
        async (operations, together) => {
          const run = randomUUID();
          const append = (o: (typeof operations)[number]) =>
            openedLog.append(`${run}:${o.stream}`, "t", o.value, o.key);
          const answers: Appended[] = [];
          if (together) answers.push(...(await Promise.all(operations.map(append))));
          else for (const o of operations) answers.push(await append(o));
          const model = new Map<string, { value: string; key: string | null }[]>();
          operations.forEach((o, i) => {
            const entries = model.get(o.stream) ?? [];
            model.set(o.stream, entries);
            const known = entries.findIndex((e) => o.key !== null && e.key === o.key);
            expect(answers[i]?.fresh).toBe(known < 0);
            if (known < 0) entries.push(o);
            expect(answers[i]?.seq).toBe(known < 0 ? entries.length : known + 1);
          });
          for (const [name, entries] of model) {
            const page = await openedLog.read(`${run}:${name}`, 0, 100);
            expect(page.entries.map((e) => e.data)).toEqual(entries.map((e) => e.value));
            expect(page.head).toBe(entries.length);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("stores what several processes append at once under one key as one entry", async () => {
    const logs = upTo(4).map(() => openLog());
    for (let round = 0; round < 20; round++) {
      const stream = newStream();
      const answers = await Promise.all(logs.map((log, n) => log.append(stream, "t", n, "same")));
      expect(answers.map(({ seq }) => seq)).toEqual([1, 1, 1, 1]);
      expect(answers.filter(({ fresh }) => fresh)).toHaveLength(1);
      expect((await openedLog.append(stream, "t", "next")).seq).toBe(2);
    }
  });

  it("does not let one refused entry fail the others of its batch", async () => {
    const stream = newStream();
    const results = await Promise.allSettled([
      openedLog.append(stream, "t", 1),
      openedLog.append(stream, "t", 2, "a key with \0 in it"),
      openedLog.append(stream, "t", 3),
    ]);
    expect(results.map((r) => r.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await openedLog.read(stream, 0, 10)).entries.map((e) => e.data)).toEqual([1, 3]);
  });
});

let openedLog: Log;
beforeAll(() => {
  openedLog = openLog();
});

describe("tail", () => {
  it("has no gap and no repeat at the seam, whenever one subscribes and whoever appends", async () => {
    const other = openLog();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ by: fc.boolean(), pause: fc.boolean() }), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 4 }),
        async (appends, joins) => {
          const stream = newStream();
          const readers: Promise<TailItem[]>[] = [];
          const stop = new AbortController();
          const appending: Promise<unknown>[] = [];
          for (const [i, { by, pause }] of appends.entries()) {
            for (const join of joins)
              if (join === i)
                readers.push(take(openedLog.tail(stream, 0, stop.signal), appends.length));
            appending.push((by ? openedLog : other).append(stream, "t", i));
            if (pause) await Promise.all(appending);
          }
          readers.push(take(other.tail(stream, 0, stop.signal), appends.length));
          for (const items of await Promise.all(readers))
            expect(seqs(items)).toEqual(upTo(appends.length));
          stop.abort();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("goes on where the position says", async () => {
    const stream = newStream();
    for (let i = 1; i <= 5; i++) await openedLog.append(stream, "t", i);
    const items = await take(openedLog.tail(stream, 3, AbortSignal.timeout(5_000)), 2);
    expect(seqs(items)).toEqual([4, 5]);
  });

  it("tells a reader of a pruned position, and one from beyond the head", async () => {
    const stream = newStream();
    for (let i = 1; i <= 5; i++) await openedLog.append(stream, "t", i);
    expect(await openedLog.prune(stream, 3)).toBe(3);
    const signal = AbortSignal.timeout(5_000);
    expect(seqs(await take(openedLog.tail(stream, 1, signal), 3))).toEqual(["reset 4", 4, 5]);
    expect(seqs(await take(openedLog.tail(stream, 3, signal), 2))).toEqual([4, 5]);
    expect(seqs(await take(openedLog.tail(stream, 9, signal), 3))).toEqual(["reset 4", 4, 5]);
  });

  it("tells a live reader whose next entries were pruned before it read them", async () => {
    const log = openLog({ maxQueue: 4 });
    const stream = newStream();
    const items = log.tail(stream, 0, AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
    await log.append(stream, "t", 1);
    await items.next();
    for (let i = 2; i <= 40; i++) await log.append(stream, "t", i);
    await log.prune(stream, 30);
    const rest: TailItem[] = [];
    while (rest.length < 11) rest.push((await items.next()).value as TailItem);
    // Up to the queue's bound may still come from memory; then the reset, never silence.
    const reset = rest.findIndex((item) => item.kind === "reset");
    expect(rest[reset]).toEqual({ kind: "reset", oldest: 31 });
    expect(seqs(rest.slice(reset + 1))).toEqual(upTo(40).slice(30, 30 + rest.length - reset - 1));
  });

  it("keeps a bounded queue for a slow reader, which still gets everything", async () => {
    let overflows = 0;
    const log = openLog({ maxQueue: 16, onOverflow: () => overflows++ });
    const stream = newStream();
    await log.append(stream, "t", 1);
    const items = log.tail(stream, 0, AbortSignal.timeout(20_000))[Symbol.asyncIterator]();
    const seen = [(await items.next()).value as TailItem];
    await Promise.all(upTo(999).map((i) => log.append(stream, "t", i)));
    await expect.poll(() => log.position(stream)).toBe(1_000);
    while (seen.length < 1_000) seen.push((await items.next()).value as TailItem);
    expect(seqs(seen)).toEqual(upTo(1_000));
    expect(overflows).toBeGreaterThan(0);
  });

  it("reads no page for one who is where the live reader is", async () => {
    const stream = newStream();
    const leaving = new AbortController();
    const first = take(openedLog.tail(stream, 0, leaving.signal), 2);
    await openedLog.append(stream, "t", "before");
    await expect.poll(() => openedLog.position(stream)).toBe(1);
    const asked = vi.spyOn(pool, "query");
    const second = take(openedLog.tail(stream, 1, AbortSignal.timeout(5_000)), 1);
    await openedLog.append(stream, "t", "live");
    expect([seqs(await first), seqs(await second)]).toEqual([[1, 2], [2]]);
    const names = asked.mock.calls.map(([query]) => (query as { name?: string }).name);
    asked.mockRestore();
    expect(names).not.toContain("log_read_after");
  });

  it("reads nothing at all in a stream that is held from its beginning", async () => {
    const stream = newStream();
    const asked = vi.spyOn(pool, "query");
    const letGo = openedLog.hold(stream, 0);
    const reading = take(openedLog.tail(stream, 0, AbortSignal.timeout(5_000)), 2);
    await openedLog.append(stream, "t", "first");
    await openedLog.append(stream, "t", "second");
    expect(seqs(await reading)).toEqual([1, 2]);
    const names = asked.mock.calls.map(([query]) => (query as { name?: string }).name);
    asked.mockRestore();
    expect(names).not.toContain("log_read_after");
    expect(names).not.toContain("log_heads");
    letGo();
    expect(openedLog.position(stream)).toBeUndefined();
  });

  it("misses nothing where somebody has written in a stream that is held to be empty", async () => {
    const stream = newStream();
    const other = openLog();
    await other.append(stream, "t", "unknown");
    const letGo = openedLog.hold(stream, 0);
    const reading = take(openedLog.tail(stream, 0, AbortSignal.timeout(5_000)), 2);
    await openedLog.append(stream, "t", "second");
    expect(seqs(await reading)).toEqual([1, 2]);
    letGo();
  });

  it("finds entries whose hint was lost", async () => {
    const deaf = createLog({
      pool,
      bus: {
        publish: async () => {},
        subscribe: () => () => {},
        ready: async () => {},
        close: async () => {},
      },
      onError: () => {},
      pollMs: 50,
    });
    closers.push(() => deaf.close());
    const stream = newStream();
    const reading = take(deaf.tail(stream, 0, AbortSignal.timeout(5_000)), 1);
    await expect.poll(() => deaf.position(stream)).toBe(0);
    await openedLog.append(stream, "t", "unannounced");
    expect(seqs(await reading)).toEqual([1]);
  });

  it("ends and forgets its subscription when the signal aborts", async () => {
    const stream = newStream();
    const stop = new AbortController();
    const reading = take(openedLog.tail(stream, 0, stop.signal), 1);
    await expect.poll(() => openedLog.position(stream)).toBe(0);
    stop.abort();
    expect(await reading).toEqual([]);
    expect(openedLog.position(stream)).toBeUndefined();
  });

  it("holds no database connection while it waits", async () => {
    const stream = newStream();
    // Each with a signal of its own, as requests have: one for all would have 500 listeners.
    const readers = upTo(500).map(() =>
      take(openedLog.tail(stream, 0, AbortSignal.timeout(20_000)), 1),
    );
    await expect
      .poll(() => pool.idleCount === pool.totalCount && pool.waitingCount === 0)
      .toBe(true);
    await openedLog.append(stream, "t", "for all");
    for (const items of await Promise.all(readers)) expect(seqs(items)).toEqual([1]);
  });
});
