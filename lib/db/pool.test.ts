import { afterEach, expect, test, vi } from "vitest";
import { logger } from "../logger";
import { createProxy } from "../proxy.fixture";
import { createPool } from "./pool";

const database = process.env.DATABASE_URL as string;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A pool, and the network between it and the database. */
async function behindProxy(max?: number) {
  const proxy = await createProxy(database);
  ends.push(proxy.close);
  return { proxy, pool: own(proxy.url, max) };
}

function own(url: string, max?: number) {
  const pool = createPool(url, max);
  ends.push(() => pool.end());
  return pool;
}

test("a server that hangs is given up within two seconds, by whoever waits for it", async () => {
  const { proxy, pool } = await behindProxy(2);
  const transaction = await pool.connect();
  await transaction.query("BEGIN");
  await pool.query("SELECT 1");
  const held = proxy.hang(/^/);
  const begun = performance.now();
  const waiting = Array.from({ length: 8 }, () => pool.query("SELECT 2"));
  const told = await Promise.allSettled([transaction.query("SELECT 3"), ...waiting]);
  const took = performance.now() - begun;
  await held;
  for (const one of told)
    expect(String((one as PromiseRejectedResult).reason)).toMatch(/terminated|timeout exceeded/);
  expect(took).toBeLessThan(2_500);
  transaction.release();
  await proxy.restore();
  expect((await pool.query("SELECT 4 AS four")).rows).toEqual([{ four: 4 }]);
});

test("a query that takes long is not given up while the server answers", async () => {
  const pool = own(database);
  const { rows } = await pool.query("SELECT 5 AS five, pg_sleep(2.5)");
  expect(rows[0]?.five).toBe(5);
});

test("a connection that breaks in its user's hands fails their next query, and nothing else", async () => {
  const pool = own(database);
  const client = await pool.connect();
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
  const ended = new Promise<void>((resolve) => client.once("end", resolve));
  await pool.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
  await ended;
  await expect(client.query("SELECT 6")).rejects.toThrow();
  client.release();
  expect((await pool.query("SELECT 7 AS seven")).rows).toEqual([{ seven: 7 }]);
});

test("the loss of an idle connection costs no place, and a log line of a few words", async () => {
  const [pool, other] = [own(database, 2), own(database, 1)];
  const warn = vi.spyOn(logger(), "warn").mockReturnValue(undefined);
  for (let loss = 1; loss <= 4; loss++) {
    const { rows } = await pool.query("SELECT pg_backend_pid() AS pid");
    const lost = new Promise((resolve) => pool.once("error", resolve));
    await other.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
    await lost;
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([0, 0, 0]);
  }
  expect(warn).toHaveBeenCalledTimes(4);
  for (const [fields] of warn.mock.calls)
    expect(fields).toEqual({ code: "57P01", reason: expect.stringMatching(/^terminating/) });
  warn.mockRestore();
});
