import pg from "pg";
import { cronRuns } from "../app/(background-tasks)/contract";
import { expect, test } from "./fixtures";
import { call, newGuest } from "./support/guest";

// In a file whose turn comes late: the demo has run for a minute then. Else that is waited for.

test("one cron run a tick, on two instances", async () => {
  test.setTimeout(150_000);
  const guest = await newGuest();
  const digests = async () => {
    const { runs } = cronRuns.parse(await (await call("/api/cron-runs", { guest })).json());
    return runs.filter(({ schedule }) => schedule === "digest").map(({ tick }) => tick);
  };
  await expect.poll(digests, { timeout: 130_000, intervals: [1_000] }).not.toEqual([]);
  const ticks = await digests();
  // The ledger would hide a second run: the log has each time that the step began.
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  const { rows } = await client.query<{ tick: string; begun: number }>(
    `SELECT data->>'tick' AS tick, count(*)::int AS begun FROM log_entry
      WHERE stream = 'cron' AND data->>'schedule' = 'digest' AND data->>'tick' = ANY ($1) GROUP BY 1`,
    [ticks],
  );
  await client.end();
  expect(rows.map(({ tick }) => tick).toSorted()).toEqual(ticks.toSorted());
  expect(new Set(rows.map(({ begun }) => begun))).toEqual(new Set([1]));
});
