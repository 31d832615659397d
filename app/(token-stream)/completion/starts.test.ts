import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { CompletionRow, NewRow } from "./rows";
import { createStarts } from "./starts";

const wanted = (userId: string = randomUUID()): NewRow => ({
  ...{ id: randomUUID(), userId, chatId: null },
  messages: [{ role: "user", content: "Hello" }],
});

const rowOf = (row: NewRow) => ({ ...row, status: "running" }) as CompletionRow;

/** Takes a while, as a database does, and notes what it was asked for together. */
function statement(fails: (rows: NewRow[]) => unknown = () => undefined) {
  const batches: number[] = [];
  let running = 0;
  const start = createStarts(async (rows) => {
    batches.push(rows.length);
    expect(++running).toBe(1);
    await delay(5);
    running--;
    const error = fails(rows);
    if (error) throw error;
    return new Map(rows.map((row) => [row.id, rowOf(row)] as const).reverse());
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
  const bad = wanted();
  const refused = Object.assign(new Error("bad text"), { code: "22P05" });
  const { batches, start } = statement((rows) => rows.includes(bad) && refused);
  const others = [wanted(), wanted()];
  const [first, second, third] = await Promise.allSettled(
    [others[0] as NewRow, bad, others[1] as NewRow].map((row) => start(row)),
  );
  expect(first).toMatchObject({ value: { id: others[0]?.id } });
  expect(second).toMatchObject({ reason: refused });
  expect(third).toMatchObject({ value: { id: others[1]?.id } });
  expect(batches).toEqual([3, 1, 1, 1]);
});

test("where the database is away, those who wait are told at once, and the next is asked for again", async () => {
  let away = true;
  const lost = Object.assign(new Error("Connection terminated"), { code: "ECONNRESET" });
  const { batches, start } = statement(() => away && lost);
  const first = start(wanted());
  await delay(2);
  const second = start(wanted());
  for (const one of await Promise.allSettled([first, second]))
    expect(one).toMatchObject({ reason: lost });
  away = false;
  const row = wanted();
  expect(await start(row)).toEqual(rowOf(row));
  expect(batches).toEqual([1, 1]);
});
