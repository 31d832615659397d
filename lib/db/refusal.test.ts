import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { problemOf, toResponse } from "../http";
import { logger } from "../logger";
import { PrismaClient } from "./generated/client";
import { noteRefusal, recentRefusal, UNREADY_MS } from "./health";
import { createPool } from "./pool";
import { refusalOf } from "./refusal";
import { inTransaction } from "./transaction";

const database = process.env.DATABASE_URL as string;
/** Rows of this name are refused by the trigger below, with the SQLSTATE that is their title. */
const REFUSED = `refused-${randomUUID()}`;
const ROLE = `refused_${randomUUID().replaceAll("-", "")}`;

let admin: pg.Pool;
let prisma: PrismaClient;
const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

function open(url = database, max = 3): pg.Pool {
  const pool = createPool(url, max);
  closers.push(() => pool.end());
  return pool;
}

beforeAll(async () => {
  admin = open();
  prisma = new PrismaClient({ adapter: new PrismaPg(open()) });
  await admin.query(`
    CREATE FUNCTION "${ROLE}"() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'refused by the test' USING ERRCODE = NEW.title; END $$;
    CREATE TRIGGER "${ROLE}" BEFORE INSERT ON chat_room FOR EACH ROW
      WHEN (NEW.name = '${REFUSED}') EXECUTE FUNCTION "${ROLE}"()`);
  closers.push(() => admin.query(`DROP FUNCTION "${ROLE}" CASCADE`));
});

/** The same refusal, in each way in which our code may meet it. */
const ways: Record<string, (sqlstate: string) => Promise<unknown>> = {
  "a query of pg": (title) =>
    admin.query("INSERT INTO chat_room (name, title) VALUES ($1, $2)", [REFUSED, title]),
  "a transaction of pg": (title) =>
    inTransaction(admin, (client) =>
      client.query("INSERT INTO chat_room (name, title) VALUES ($1, $2)", [REFUSED, title]),
    ),
  "a query of Prisma": (title) => prisma.room.create({ data: { name: REFUSED, title } }),
  "a transaction of Prisma": (title) =>
    prisma.$transaction((tx) => tx.room.create({ data: { name: REFUSED, title } })),
  "raw SQL of Prisma": (title) =>
    prisma.$executeRaw`INSERT INTO chat_room (name, title) VALUES (${REFUSED}, ${title})`,
};

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("it was not refused"),
    (error: unknown) => error,
  );

/** What a route answers, and the ack of a socket. */
async function answerOf(error: unknown) {
  const response = toResponse(error, new Request("http://localhost/"));
  const { type, status } = await response.json();
  const { problem } = problemOf(error, {});
  expect(status).toBe(response.status);
  expect(problem).toMatchObject({ type, status });
  const retryAfter = response.headers.get("retry-after");
  const { retryAfterMs } = problem;
  expect(retryAfterMs).toBe(retryAfter === null ? undefined : Number(retryAfter) * 1_000);
  return { status, type, retryAfter };
}

const again = (seconds: number) => ({
  status: 503,
  type: "/problems/unavailable",
  retryAfter: String(seconds),
});
const full = { status: 507, type: "/problems/database-full", retryAfter: "60" };
const broken = { status: 500, type: "/problems/internal-error", retryAfter: null };

const expected: Record<string, object> = {
  "08006": again(2),
  "25006": again(5),
  "25P03": again(2),
  "25P04": again(2),
  "28000": again(2),
  "28P01": again(2),
  "3D000": again(2),
  "40001": again(1),
  "40P01": again(1),
  "53000": again(5),
  "53100": full,
  "53200": again(5),
  "53300": again(2),
  "53400": again(5),
  "55P03": again(1),
  "57014": again(2),
  "57P01": again(2),
  "57P02": again(2),
  "57P03": again(2),
  "57P04": again(2),
  "57P05": again(2),
  "58000": again(5),
  "58030": again(5),
  // Faults of ours, or of the data.
  "22003": broken,
  "42501": broken,
  "42601": broken,
  "54000": broken,
  "55000": broken,
  P0001: broken,
  XX001: broken,
};

describe.each(Object.entries(expected))("SQLSTATE %s", (sqlstate, answer) => {
  it.each(Object.keys(ways))("by %s", async (way) => {
    const error = vi.spyOn(logger(), "error").mockReturnValue(undefined);
    const failure = await failureOf((ways[way] as (typeof ways)[string])(sqlstate));
    expect(await answerOf(failure)).toEqual(answer);
    error.mockRestore();
  });
});

describe("a refusal of the server itself", () => {
  /** A role of the test's own, which can be refused. */
  async function roleWith(options: string): Promise<string> {
    const name = `r_${randomUUID().replaceAll("-", "")}`;
    await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'none' ${options}`);
    await admin.query(`GRANT pg_read_all_data, pg_write_all_data TO ${name}`);
    closers.push(() => admin.query(`DROP ROLE ${name}`));
    const url = new URL(database);
    url.username = name;
    url.password = "none";
    return url.href;
  }

  it("is a 503 where it takes no more connections", async () => {
    const pool = open(await roleWith("CONNECTION LIMIT 0"));
    const other = new PrismaClient({ adapter: new PrismaPg(pool) });
    for (const work of [
      () => pool.query("SELECT 1"),
      () => other.room.count(),
      () => other.$transaction((tx) => tx.room.count()),
    ])
      expect(await answerOf(await failureOf(work()))).toEqual(again(2));
  });

  it("is a 503 where it can only be read", async () => {
    const url = new URL(await roleWith(""));
    const role = url.username;
    await admin.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    const pool = open(url.href, 1);
    const other = new PrismaClient({ adapter: new PrismaPg(pool) });
    const name = `refused-${randomUUID()}`;
    const insert = { text: "INSERT INTO chat_room (name, title) VALUES ($1, 'a')", values: [name] };
    for (const work of [
      () => pool.query(insert),
      () => inTransaction(pool, (client) => client.query(insert)),
      () => other.room.create({ data: { name, title: "a" } }),
    ])
      expect(await answerOf(await failureOf(work()))).toEqual(again(5));
    // The connection of a transaction that was refused is not kept: the next may lead to another server.
    await pool.query("SELECT 1");
    await admin.query(`ALTER ROLE ${role} RESET default_transaction_read_only`);
    await failureOf(inTransaction(pool, (client) => client.query(insert)));
    await inTransaction(pool, (client) => client.query(insert));
    await admin.query("DELETE FROM chat_room WHERE name = $1", [name]);
  });

  it("is a 503 where an operator cancels the query, a lock is not to be had, or two wait for each other", async () => {
    const client = await admin.connect();
    const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
    const sleeping = failureOf(client.query("SELECT pg_sleep(10)"));
    await admin.query("SELECT pg_sleep(0.1), pg_cancel_backend($1)", [rows[0].pid]);
    expect(await answerOf(await sleeping)).toEqual(again(2));

    await client.query("BEGIN; SELECT pg_advisory_xact_lock(hashtext('refusal-test'))");
    const impatient = inTransaction(admin, async (other) => {
      await other.query("SET LOCAL lock_timeout = 50");
      await other.query("SELECT pg_advisory_xact_lock(hashtext('refusal-test'))");
    });
    expect(await answerOf(await failureOf(impatient))).toEqual(again(1));

    const victim = inTransaction(admin, async (other) => {
      await other.query("SET LOCAL deadlock_timeout = 50");
      await other.query("SELECT pg_advisory_xact_lock(hashtext('refusal-test-2'))");
      const crossing = client.query("SELECT pg_advisory_xact_lock(hashtext('refusal-test-2'))");
      crossing.catch(() => undefined);
      await other.query("SELECT pg_advisory_xact_lock(hashtext('refusal-test'))");
    });
    expect(await answerOf(await failureOf(victim))).toEqual(again(1));
    await client.query("ROLLBACK");
    client.release();
  });
});

it("makes an instance not ready for a while where only a statement finds it", () => {
  // After what the tests above have met.
  const from = performance.now() + 2 * UNREADY_MS;
  for (const code of ["53300", "25006", "57P01", "40001"])
    noteRefusal(refusalOf({ code }) as NonNullable<ReturnType<typeof refusalOf>>, from);
  expect(recentRefusal(from)).toBeUndefined();
  for (const [code, reason] of [
    ["53100", "no room left"],
    ["53200", "out of resources"],
    ["58030", "cannot use its disk"],
  ] as const) {
    noteRefusal(refusalOf({ code }) as NonNullable<ReturnType<typeof refusalOf>>, from);
    expect(recentRefusal(from + UNREADY_MS - 1)).toContain(reason);
    expect(recentRefusal(from + UNREADY_MS)).toBeUndefined();
  }
});
