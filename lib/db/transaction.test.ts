import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { afterEach, expect, it } from "vitest";
import { PrismaClient } from "./generated/client";
import { createPool } from "./pool";
import { inTransaction } from "./transaction";

const connectionString = process.env.DATABASE_URL as string;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function owned(pool: pg.Pool): pg.Pool {
  pool.on("error", () => undefined);
  ends.push(() => pool.end());
  return pool;
}

const pidOf = async (db: pg.Pool | pg.PoolClient) =>
  (await db.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;

it("takes everything back where the work fails, and keeps the connection", async () => {
  const pool = owned(createPool(connectionString, 1));
  const before = await pidOf(pool);
  const failed = inTransaction(pool, async (client) => {
    await client.query("CREATE TABLE transaction_test ()");
    throw new Error("the work fails");
  });
  await expect(failed).rejects.toThrow("the work fails");
  const { rows } = await pool.query("SELECT to_regclass('transaction_test') AS made");
  expect(rows[0].made).toBeNull();
  expect(await pidOf(pool)).toBe(before);
});

it("gives a connection whose ROLLBACK failed to nobody else", async () => {
  // The client gives up waiting, while the server goes on with the statement, and the transaction.
  const pool = owned(new pg.Pool({ connectionString, max: 1, query_timeout: 200 }));
  let broken: unknown;
  const failed = inTransaction(pool, async (client) => {
    broken = await pidOf(client);
    await client.query("SELECT pg_sleep(1)");
  });
  await expect(failed).rejects.toThrow("timeout");
  expect(pool.totalCount).toBe(0);
  expect(await pidOf(pool)).not.toBe(broken);
});

it.each(["pg", "Prisma"])(
  "costs the pool no place when its connection is lost, however often: %s",
  async (driver) => {
    const pool = owned(createPool(connectionString, 2));
    const other = owned(createPool(connectionString, 1));
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    const lose = (pid: number) => other.query("SELECT pg_terminate_backend($1)", [pid]);
    for (let loss = 1; loss <= 4; loss++) {
      const failed =
        driver === "pg"
          ? inTransaction(pool, async (client) => {
              await lose(await pidOf(client));
              await client.query("SELECT pg_sleep(1)");
            })
          : prisma.$transaction(async (tx) => {
              const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
              await lose(row?.pid ?? 0);
              await tx.$queryRaw`SELECT 1 FROM pg_sleep(1)`;
            });
      await expect(failed).rejects.toThrow();
      await expect
        .poll(() => [pool.totalCount - pool.idleCount, pool.waitingCount])
        .toEqual([0, 0]);
    }
    await expect(pidOf(pool)).resolves.toBeGreaterThan(0);
  },
);
