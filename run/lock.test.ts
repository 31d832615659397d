import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock } from "./lock.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "lock-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("a second one learns who has it and what to do", async () => {
  const lock = await acquireLock(dir, "demo", ["http://localhost:3000"]);
  const second = acquireLock(dir, "demo", []);
  await expect(second).rejects.toThrow(`process ${process.pid}`);
  await expect(acquireLock(dir, "demo", [])).rejects.toThrow(/localhost:3000[\s\S]*PORT=/);
  await lock.release();
  const third = await acquireLock(dir, "demo", []);
  expect(third.tookOver).toBe(false);
});

test("of many at once, one gets it", async () => {
  const tries = await Promise.allSettled(
    Array.from({ length: 10 }, () => acquireLock(dir, "demo", [])),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test.each([
  ["a process that is gone", { pid: 4_194_305, birth: "x" }],
  ["a process id that is another's now", { pid: process.pid, birth: "before" }],
])("the lock of %s is taken over", async (_, holder) => {
  await writeFile(
    join(dir, "run.lock"),
    JSON.stringify({ ...holder, what: "demo", addresses: [] }),
  );
  expect((await acquireLock(dir, "demo", [])).tookOver).toBe(true);
});

test("a lock cut short by a full disk or a crash is taken over", async () => {
  await writeFile(join(dir, "run.lock"), "");
  expect((await acquireLock(dir, "demo", [])).tookOver).toBe(true);
});
