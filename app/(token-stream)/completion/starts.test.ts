import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { pool } from "@/lib/db/pool";
import { lockUser, type NewRow } from "./rows";
import { starts } from "./starts";

const wanted = (userId: string = randomUUID()): NewRow => ({
  ...{ id: randomUUID(), userId, chatId: null },
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
