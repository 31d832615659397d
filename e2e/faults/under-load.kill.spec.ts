import { A, B, expect, test } from "../fixtures";
import { killExecutor } from "../support/executor";
import { bootIdOf, kill, untilReady, untilReborn } from "../support/instances";
import { type Load, startLoad } from "../support/load/load";
import { killPostgres } from "../support/postgres";

// What was acknowledged is there exactly once; what was not was told, and is tried again.

let load: Load | undefined;
test.afterEach(async () => {
  await load?.close();
  load = undefined;
});

test("kill -9 of each instance under load on every slice: nothing acknowledged is lost or doubled", async () => {
  test.setTimeout(300_000);
  load = await startLoad();
  await load.flows();
  for (const [name, base] of [["A", A] as const, ["B", B] as const]) {
    const before = await bootIdOf(base);
    await kill(name);
    await untilReborn(base, before);
    await load.flows();
  }
  await load.check();
});

test("kill -9 of the embedded services under load on every slice: nothing acknowledged is lost or doubled", async () => {
  test.setTimeout(300_000);
  load = await startLoad({ forgets: true });
  await load.flows();
  await killExecutor();
  await load.flows();
  await load.check();
});

test("kill -9 of Postgres under load on every slice: nothing acknowledged is lost or doubled", async () => {
  test.setTimeout(300_000);
  load = await startLoad();
  await load.flows();
  const before = [await bootIdOf(A), await bootIdOf(B)];
  await killPostgres();
  for (const base of [A, B]) await untilReady(base);
  await load.flows();
  await load.check();
  // They got over it: nobody had to start them again.
  expect([await bootIdOf(A), await bootIdOf(B)]).toEqual(before);
});
