import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { completionLimits } from "../contract";
import { lockUser, type NewRow, startRows } from "./rows";
import { withAnswerSlot } from "./slots";
import { starts } from "./starts";

const wanted = (userId: string = randomUUID(), address: string = randomUUID()): NewRow => ({
  ...{ id: randomUUID(), userId, address, chatId: null },
  messages: [{ role: "user", content: "Hello" }],
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

/** As two instances do it: each with a statement of its own, and a second try for what was left out. */
async function startOnSomeInstance(row: NewRow) {
  const first = (await startRows(pool(), [row])).get(row.id);
  return first ?? (await startRows(pool(), [row], true)).get(row.id);
}

test("the guests of one address share a limit, however many there are", async () => {
  const address = randomUUID();
  const most = completionLimits.running * env().ADDRESS_LIMIT_FACTOR;
  const asked = Array.from({ length: 60 }, (_, n) => {
    const row = wanted(randomUUID(), address);
    return n % 2 ? starts()(row) : startOnSomeInstance(row);
  });
  const answers = await Promise.all(asked);
  expect(answers.filter((one) => one && "epoch" in one)).toHaveLength(most);
  expect(answers.filter((one) => one && "spent" in one)).toEqual(
    Array(60 - most).fill(expect.objectContaining({ ofAddress: true, running: most })),
  );
  expect(await starts()(wanted())).toMatchObject({ status: "running" });
});

test("what the guests of an address have spent of a day is counted together", async () => {
  const address = randomUUID();
  const spent = completionLimits.tokensPerDay;
  for (let guest = 0; guest < env().ADDRESS_LIMIT_FACTOR; guest++) {
    const row = wanted(randomUUID(), address);
    expect(await starts()(row)).toMatchObject({ status: "running" });
    await pool().query("UPDATE completion SET status = 'done', tokens = $2 WHERE id = $1", [
      row.id,
      spent,
    ]);
  }
  const total = spent * env().ADDRESS_LIMIT_FACTOR;
  expect(await starts()(wanted(randomUUID(), address))).toMatchObject({
    ...{ ofAddress: true, spent: total, running: 0 },
  });
});

test("an instance makes so many answers at once, those included that are only beginning", async () => {
  const ends: (() => void)[] = [];
  const begin = () => withAnswerSlot(() => new Promise<void>((resolve) => ends.push(resolve)));
  const begun = Array.from({ length: env().ANSWERS_PER_INSTANCE }, begin);
  const refused = await begin().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HttpError);
  expect(refused).toMatchObject({ status: 503, slug: "busy" });
  for (const end of ends) end();
  await Promise.all(begun);
  await expect(withAnswerSlot(async () => "room again")).resolves.toBe("room again");
});
