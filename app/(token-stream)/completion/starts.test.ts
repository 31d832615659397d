import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { pool } from "@/lib/db/pool";
import { type CompletionRow, lockUser, type NewRow } from "./rows";
import { createStarts, starts } from "./starts";

const wanted = (userId: string = randomUUID()): NewRow => ({
  ...{ id: randomUUID(), userId, chatId: null },
  messages: [{ role: "user", content: "Hello" }],
});

const rowOf = (row: NewRow) => ({ ...row, status: "running" }) as CompletionRow;

/** Takes a while, as a database does, and notes what it was asked for together. */
function statement(fails: (rows: NewRow[]) => unknown = () => undefined, takesMs = 5) {
  const batches: number[] = [];
  let running = 0;
  const start = createStarts({
    async together(rows) {
      batches.push(rows.length);
      expect(++running).toBe(1);
      await delay(takesMs);
      running--;
      const error = fails(rows);
      if (error) throw error;
      return new Map(rows.map((row) => [row.id, rowOf(row)] as const).reverse());
    },
    async alone(row) {
      const error = fails([row]);
      if (error) throw error;
      return rowOf(row);
    },
  });
  return { batches, start };
}

test("those of one turn go together, those that come meanwhile in the next, at most fifty", async () => {
  const { batches, start } = statement();
  const first = Array.from({ length: 7 }, () => wanted());
  const all = first.map((row) => start(row));
  await delay(2);
  const later = Array.from({ length: 60 }, () => wanted());
  all.push(...later.map((row) => start(row)));
  expect(await Promise.all(all)).toEqual([...first, ...later].map(rowOf));
  expect(batches).toEqual([7, 50, 10]);
});

test("one that the database refuses fails alone", async () => {
  const [before, bad, after] = [wanted(), wanted(), wanted()];
  const refused = Object.assign(new Error("bad text"), { code: "22P05" });
  const { batches, start } = statement((rows) => rows.includes(bad) && refused);
  const [first, second, third] = await Promise.allSettled([before, bad, after].map(start));
  expect(first).toMatchObject({ value: { id: before.id } });
  expect(second).toMatchObject({ reason: refused });
  expect(third).toMatchObject({ value: { id: after.id } });
  expect(batches).toEqual([3]);
});

test("where the database is away, those who have waited are told, and the others have a try", async () => {
  let away = true;
  const lost = Object.assign(new Error("Connection terminated"), { code: "ECONNRESET" });
  const { batches, start } = statement(() => away && lost, 300);
  const early = [start(wanted())];
  await delay(50);
  early.push(start(wanted()));
  await delay(200);
  const row = wanted();
  const late = start(row);
  for (const one of await Promise.allSettled(early)) expect(one).toMatchObject({ reason: lost });
  away = false;
  expect(await late).toEqual(rowOf(row));
  expect(batches).toEqual([1, 1]);
});

test("who stands behind another's lock makes nobody else wait", async () => {
  const held = randomUUID();
  const other = await pool().connect();
  await other.query("BEGIN");
  await lockUser(other, held);
  const behind = starts()(wanted(held));
  const free = wanted();
  expect(await starts()(free)).toMatchObject({ id: free.id, status: "running", epoch: 1 });
  const first = await Promise.race([behind, delay(200, "waits")]);
  expect(first).toBe("waits");
  await other.query("COMMIT");
  other.release();
  expect(await behind).toMatchObject({ userId: held, status: "running" });
});
