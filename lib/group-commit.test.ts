import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createGroupCommit } from "./group-commit";

/** Takes a while, as a database does, notes how many it was given, and answers each number's double. */
function database(fails: (items: number[]) => unknown = () => undefined, takesMs = 5) {
  const batches: number[] = [];
  let running = 0;
  const ask = createGroupCommit({
    maxBatch: 50,
    async commit(items: number[]) {
      batches.push(items.length);
      expect(++running).toBe(1);
      await delay(takesMs);
      running--;
      const error = fails(items);
      if (error) throw error;
      return items.map((item) => 2 * item);
    },
  });
  return { batches, ask };
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

test("those of one turn go together, those that come meanwhile in the next, at most so many", async () => {
  const { batches, ask } = database();
  const all = range(1, 7).map(ask);
  await delay(2);
  all.push(...range(8, 67).map(ask));
  expect(await Promise.all(all)).toEqual(range(1, 67).map((item) => 2 * item));
  expect(batches).toEqual([7, 50, 10]);
});

test("one that the database refuses fails alone", async () => {
  const refused = Object.assign(new Error("bad text"), { code: "22P05" });
  const { batches, ask } = database((items) => items.includes(2) && refused);
  expect(await Promise.allSettled([1, 2, 3].map(ask))).toEqual([
    { status: "fulfilled", value: 2 },
    { status: "rejected", reason: refused },
    { status: "fulfilled", value: 6 },
  ]);
  expect(batches).toEqual([3, 1, 1, 1]);
});

test("where the database is away, those who have waited are told, and the others have a try", async () => {
  let away = true;
  const lost = Object.assign(new Error("Connection terminated"), { code: "ECONNRESET" });
  const { batches, ask } = database(() => away && lost, 300);
  const early = [ask(1)];
  await delay(50);
  early.push(ask(2));
  await delay(200);
  const late = ask(3);
  for (const one of await Promise.allSettled(early)) expect(one).toMatchObject({ reason: lost });
  away = false;
  expect(await late).toBe(6);
  expect(batches).toEqual([1, 1]);
});
