import { A, B, expect, test } from "../fixtures";
import { killExecutor } from "../support/executor";
import { type Guest, newGuest } from "../support/guest";
import { bootIdOf, kill, untilReady, untilReborn } from "../support/instances";
import { type Load, startLoad } from "../support/load/load";
import { pause, told } from "../support/load/slice";
import { killPostgres } from "../support/postgres";
import { publish } from "../support/sse";

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

// A commit that does not wait for the disk (synchronous_commit=off) may lose the last few hundred milliseconds.
// fsync is no matter of this: what is written outlives its process, though not its machine.
test("kill -9 of Postgres in a burst of events: what was acknowledged last is there", async () => {
  const writers: { guest: Guest; base: string; acknowledged: number }[] = [];
  for (let n = 0; n < 16; n++) {
    const guest = await newGuest(`In a burst ${n}`);
    writers.push({ guest, base: n % 2 ? A : B, acknowledged: 0 });
  }

  /** Publishes one event after the other, until one is not acknowledged. */
  async function write(writer: (typeof writers)[number]): Promise<void> {
    const { guest, base } = writer;
    const body = { type: "note", payload: "of a burst" };
    while (await told("/api/events", { guest, base, method: "POST", body })) writer.acknowledged++;
  }
  const writing = Promise.all(writers.map(write));
  await pause(1_000);
  await killPostgres();
  await writing;
  for (const base of [A, B]) await untilReady(base);
  const lost = [];
  for (const { guest, base, acknowledged } of writers) {
    expect(acknowledged).toBeGreaterThan(0);
    // Places are without gaps: what takes one that was acknowledged has found it free.
    const { id } = await publish(guest, "afterwards", { base });
    if (id <= acknowledged) lost.push({ id, acknowledged });
  }
  expect(lost).toEqual([]);
});
