import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { logger } from "@/lib/logger";
import { createLateScheduleLog } from "../watchdog/late-schedules";
import { lastTicks, lateSchedules, recordTick } from "./ticks";

const clear = () => pool().query("DELETE FROM ledger WHERE job = 'cron:imports'");
beforeEach(async () => void (await clear()));
afterAll(async () => {
  await clear();
  log().close();
  await bus().close();
  await pool().end();
});

const tick = (minutes: number) => new Date(Date.UTC(2026, 11, 1, 10, minutes)).toISOString();
const fire = (minutes: number) => recordTick("imports", tick(minutes), async () => ({}));

it("says how many ticks of a schedule were missed before one; those that come late are none", async () => {
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

it("says of a schedule that does not fire any more since when, on the page and once in the log", async () => {
  const warned = vi.spyOn(logger(), "warn").mockImplementation(() => undefined);
  const lines = () =>
    warned.mock.calls.filter(([line]) => (line as { schedule?: string }).schedule === "imports");
  const late = async (at: number) =>
    (await lateSchedules(at)).filter(({ schedule }) => schedule === "imports");
  const look = createLateScheduleLog();
  const at = (minutes: number) => Date.parse(tick(minutes)) + 1;

  // Never fired: the application may be new.
  expect(await late(at(59))).toEqual([]);
  await fire(0);
  // Due at 5, and late from two minutes after.
  expect(await late(at(6))).toEqual([]);
  expect(await late(at(7))).toEqual([{ schedule: "imports", dueAt: tick(5) }]);
  for (const minutes of [7, 8, 30]) await look(at(minutes));
  expect(lines()).toHaveLength(1);

  await fire(30);
  await look(at(31));
  expect(await late(at(31))).toEqual([]);
  await look(at(38));
  // That it was late again, and, when it came, how many it had missed.
  expect(lines()).toHaveLength(3);
  warned.mockRestore();
});
