import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fresh, freshDatabase } from "./database.ts";
import { embedded, type Harness, type RunState, startHarness, until } from "./harness.ts";

/** More than the pool of the queue has places, which is four. */
const LOSSES = 6;

/** The connections that the executor holds for as long as it works, by what pg_stat_activity says of them. */
const held = {
  "the queue's listening connection": `query LIKE 'LISTEN "jobs:insert"%'`,
  "the connection that holds the lock": "application_name LIKE 'inngest (embedded): lock%'",
};

describe.skipIf(!embedded)("lost connections of the executor", { timeout: 90_000 }, () => {
  let database: Fresh;
  let observer: pg.Client;
  let h: Harness;

  beforeAll(async () => {
    database = await freshDatabase();
    observer = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await observer.connect();
    h = await startHarness(database.url);
    await until(() => h.log.find((line) => line.includes("registered")));
  });
  afterAll(async () => {
    await observer.end();
    await database.drop();
  });

  const inDatabase = "FROM pg_stat_activity WHERE datname = $1";
  const name = () => new URL(database.url).pathname.slice(1);
  const terminate = async (which: string) => {
    const text = `SELECT pg_terminate_backend(pid) ${inDatabase} AND ${which}`;
    return (await observer.query(text, [name()])).rowCount;
  };
  async function expectWork() {
    const { tag, eventId } = await h.send("loop");
    // While it takes the lock again, it answers 503: there is no list of runs.
    const completed = await until(async () => {
      const found: RunState[] | undefined = await h.runs(eventId);
      return found?.find(({ status }) => status === "Completed");
    });
    expect(completed).toBeDefined();
    expect(h.seen(tag).length).toBeGreaterThan(0);
  }

  for (const [what, which] of Object.entries(held))
    test(`${LOSSES} losses of ${what}: runs go on`, async () => {
      await expectWork();
      for (let loss = 1; loss <= LOSSES; loss++) {
        await until(async () => ((await terminate(which)) === 1 ? true : undefined));
        await expectWork();
      }
    });

  test("then it stops in under a second, and leaves no connection", async () => {
    await until(
      async () => (await terminate(held["the queue's listening connection"])) || undefined,
    );
    const begun = performance.now();
    await h.stop();
    expect(performance.now() - begun).toBeLessThan(1_000);
    await until(async () => {
      const { rowCount } = await observer.query(`SELECT 1 ${inDatabase}`, [name()]);
      return rowCount === 0 || undefined;
    });
  });
});
