import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/postgres-adapter";
import type { Pool } from "pg";
import { Server } from "socket.io";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { createPool } from "../db/pool";
import { createProxy } from "../proxy.fixture";
import { createAdapterPool } from "./adapter-pool";

const url = process.env.DATABASE_URL as string;
const NAMESPACE = "/adapter-pool-test";
/** More than the pool has places. */
const LOSSES = 7;

let observer: Pool;
beforeAll(() => {
  observer = createPool(url, 2);
});
afterAll(() => observer.end());

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  vi.restoreAllMocks();
});

/** The Socket.IO server of an instance, and the pool that the rest of the instance uses. */
function instance(database = url) {
  const name = `adapter-${randomUUID()}`;
  const address = new URL(database);
  address.searchParams.set("application_name", name);
  const shared = createPool(url, 6);
  const adapters = createAdapterPool(shared, address.href, () => undefined);
  const http = createServer().listen(0, "127.0.0.1");
  const io = new Server(http, { adapter: createAdapter(adapters as unknown as Pool) });
  const received: unknown[] = [];
  const namespace = io.of(NAMESPACE);
  namespace.on("ping", (value) => received.push(value));
  let closing: Promise<void> | undefined;
  async function end() {
    await io.close();
    await Promise.all([adapters.end(), shared.end()]);
  }
  const close = () => {
    closing ??= end();
    return closing;
  };
  closers.push(close);
  return { name, namespace, received, shared, close };
}

const named = "FROM pg_stat_activity WHERE application_name = $1";
const connections = async (name: string) =>
  (await observer.query(`SELECT 1 ${named}`, [name])).rowCount;
/** Connections whose last statement was the LISTEN of the namespace: those that receive. */
const listening = async (name: string) =>
  (await observer.query(`SELECT 1 ${named} AND query LIKE $2`, [name, `LISTEN "%${NAMESPACE}"`]))
    .rowCount;

it(`loses no place of the shared pool with ${LOSSES} losses of the listening connection`, async () => {
  // The adapter waits between one and three seconds before it connects again: the least of that.
  vi.spyOn(Math, "random").mockReturnValue(0);
  const one = instance();
  const other = instance();
  await expect.poll(() => listening(other.name)).toBe(1);
  for (let loss = 1; loss <= LOSSES; loss++) {
    await expect.poll(() => listening(one.name)).toBe(1);
    await observer.query(`SELECT pg_terminate_backend(pid) ${named}`, [one.name]);
    await expect.poll(() => connections(one.name)).toBe(0);
    expect((await one.shared.query("SELECT 1")).rowCount).toBe(1);
  }
  await expect.poll(() => listening(one.name)).toBe(1);

  other.namespace.serverSideEmit("ping", "after the losses");
  await expect.poll(() => one.received).toEqual(["after the losses"]);
  expect(await connections(one.name)).toBe(1);
  const { totalCount, idleCount, waitingCount } = one.shared;
  expect({ taken: totalCount - idleCount, waitingCount }).toEqual({ taken: 0, waitingCount: 0 });

  const begun = performance.now();
  await one.close();
  expect(performance.now() - begun).toBeLessThan(1_000);
  await expect.poll(() => connections(one.name)).toBe(0);
});

it("ends at once, and leaves no connection, when the listening connection has just been lost", async () => {
  const one = instance();
  await expect.poll(() => listening(one.name)).toBe(1);
  await observer.query(`SELECT pg_terminate_backend(pid) ${named}`, [one.name]);
  await expect.poll(() => connections(one.name)).toBe(0);
  const begun = performance.now();
  await one.close();
  expect(performance.now() - begun).toBeLessThan(1_000);
});

it("leaves no connection when it ends while it connects", async () => {
  const proxy = await createProxy(url);
  closers.push(proxy.close);
  const asked = proxy.hang(/./s);
  const one = instance(proxy.url);
  await asked;
  const closed = one.close();
  await proxy.restore();
  await closed;
  await expect.poll(() => connections(one.name)).toBe(0);
});
