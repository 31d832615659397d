import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPostgresBus } from "@/lib/bus/postgres";
import { createPool } from "@/lib/db/pool";
import { createLog, type Log } from "@/lib/log/log";
import type { LogEntry } from "@/lib/log/types";
import { streamOf, wallClock } from "../entries";
import { createSources } from "./sources";

const url = process.env.DATABASE_URL as string;
let pool: pg.Pool;
const closers: (() => unknown)[] = [];
beforeAll(() => {
  pool = createPool(url, 8);
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await pool.end();
});

/** An instance: a log of its own, its own sources, and switches for the rest. */
function instance() {
  const bus = createPostgresBus(pool, url, () => {});
  const log = createLog({ pool, bus, onError: () => {} });
  const is = { watched: true, draining: false, killed: false };
  const sources = createSources({
    log,
    audience: { isWatched: () => is.watched, touch: () => {} },
    clock: wallClock,
    isDraining: () => is.draining,
    onError: () => {},
  });
  closers.push(
    () => bus.close(),
    () => log.close(),
    () => is.killed || sources.close(),
  );
  const kill = () => {
    is.killed = true;
    log.append = () => new Promise(() => {});
  };
  return { log, sources, is, kill };
}

const headOf = async (log: Log, userId: string) =>
  (await log.read(streamOf(userId), Number.MAX_SAFE_INTEGER, 1)).head;

describe("sources", () => {
  const fast = { rate: 50, payloadBytes: 64 };

  it("makes entries of the asked size, with a time, until it is stopped", async () => {
    const { log, sources } = instance();
    const userId = randomUUID();
    await sources.start(userId, fast);
    await expect.poll(() => headOf(log, userId)).toBeGreaterThan(20);
    await sources.stop(userId);
    expect(await sources.state(userId)).toMatchObject({ running: false, ended: "asked" });
    await expect.poll(() => sources.count()).toBe(0);
    const { entries, head } = await log.read(streamOf(userId), 0, 5);
    const { sentAt, payload } = (entries[0] as LogEntry).data as {
      sentAt: number;
      payload: string;
    };
    expect(payload).toHaveLength(64);
    expect(Math.abs(sentAt - Number(entries[0]?.at))).toBeLessThan(1_000);
    await sources.stop(userId);
    expect(await headOf(log, userId)).toBe(head);
  });

  it("takes over a change at once, though its next entry is seconds away", async () => {
    const { log, sources } = instance();
    const userId = randomUUID();
    await sources.start(userId, { rate: 0.2, payloadBytes: 32 });
    await sources.change(userId, fast);
    await expect.poll(() => headOf(log, userId), { timeout: 1_500 }).toBeGreaterThan(10);
    await sources.stop(userId);
  });

  it("has one owner: a start on another instance ends the first, and obeys both", async () => {
    const [a, b] = [instance(), instance()];
    const userId = randomUUID();
    await a.sources.start(userId, fast);
    await b.sources.start(userId, fast);
    await expect.poll(() => [a.sources.count(), b.sources.count()]).toEqual([0, 1]);
    expect(await a.sources.state(userId)).toMatchObject({ running: true });
    await a.sources.change(userId, { rate: 1, payloadBytes: 100 });
    expect((await b.sources.state(userId)).settings).toEqual({ rate: 1, payloadBytes: 100 });
    await a.sources.stop(userId);
    await expect.poll(() => b.sources.count()).toBe(0);
  });

  it("ends by itself when nobody watches, and when the process ends", async () => {
    const { sources, is } = instance();
    const userId = randomUUID();
    await sources.start(userId, fast);
    is.watched = false;
    await expect.poll(() => sources.count()).toBe(0);
    await expect.poll(async () => (await sources.state(userId)).ended).toBe("nobody watches");
    is.watched = true;
    await sources.start(userId, fast);
    is.draining = true;
    await expect.poll(async () => (await sources.state(userId)).ended).toBe("shutdown");
    is.draining = false;
    await sources.start(userId, fast);
    await sources.close();
    expect(await sources.state(userId)).toMatchObject({ running: false, ended: "shutdown" });
  });

  it("refuses a change where none runs, and sees that one has died with its instance", async () => {
    const [a, b] = [instance(), instance()];
    const userId = randomUUID();
    await expect(a.sources.change(userId, fast)).rejects.toThrow("409");
    await a.sources.start(userId, fast);
    expect(await b.sources.state(userId)).toMatchObject({ running: true });
    // Without a word, as in kill -9: nothing is said any more, and nothing made.
    a.kill();
    await expect
      .poll(async () => (await b.sources.state(userId)).running, { timeout: 8_000 })
      .toBe(false);
    await expect(b.sources.change(userId, fast)).rejects.toThrow("409");
  });
});
