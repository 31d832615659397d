import { afterAll, beforeAll, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { lastTicks, recordTick } from "./ticks";

const clear = () => pool().query("DELETE FROM ledger WHERE job = 'cron:imports'");
beforeAll(async () => void (await clear()));
afterAll(async () => {
  await clear();
  log().close();
  await bus().close();
  await pool().end();
});

it("says how many ticks of a schedule were missed before one; those that come late are none", async () => {
  const tick = (minutes: number) => new Date(Date.UTC(2026, 11, 1, 10, minutes)).toISOString();
  const fire = (minutes: number) => recordTick("imports", tick(minutes), async () => ({}));
  const missed = async () =>
    (await lastTicks())
      .filter(({ schedule }) => schedule === "imports")
      .map((run) => [run.tick, run.missed])
      .toSorted();

  await fire(0);
  await fire(5);
  await fire(20);
  expect(await missed()).toEqual([
    [tick(0), 0],
    [tick(5), 0],
    [tick(20), 2],
  ]);
  // Made up by Inngest, one of them twice.
  await fire(15);
  await fire(10);
  await fire(10);
  expect((await missed()).map(([, count]) => count)).toEqual([0, 0, 0, 0, 0]);
});
