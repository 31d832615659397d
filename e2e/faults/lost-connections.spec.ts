import pg from "pg";
import { expect, test } from "../fixtures";
import { newGuest, newRoom } from "../support/guest";
import { type Bound, measured } from "../support/measured";
import { startInstance } from "../support/own-instance";

// Single connections to a database that is well otherwise are ended, as an operator or a proxy does.

/** As many as the pool has places, and one more. */
const LOSSES = 7;
const READY: Bound = { promised: 2_000, allowed: 3_000, because: "for a busy machine" };
const END: Bound = { promised: 1_000, allowed: 3_000, because: "for a busy machine" };

test("the connections that listen are lost again and again: no place is lost, and SIGTERM ends at once", async () => {
  test.setTimeout(90_000);
  const own = await startInstance({ INSTANCE_NAME: "losing" });
  const admin = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
  const listening = "FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'LISTEN %'";
  const name = ["patternbook losing"];
  const count = async () => (await admin.query(`SELECT 1 ${listening}`, name)).rowCount;
  const end = async () => {
    await admin.query(`SELECT pg_terminate_backend(pid) ${listening}`, name);
  };
  try {
    // The bus, and the Socket.IO adapter.
    for (let loss = 1; loss <= LOSSES; loss++) {
      await expect.poll(count, { timeout: 10_000 }).toBe(2);
      await end();
      const begun = Date.now();
      const status = () => fetch(`${own.base}/readyz`).then((response) => response.status);
      await expect.poll(status, { timeout: READY.allowed, intervals: [50] }).toBe(200);
      measured(`ready after loss ${loss}`, Date.now() - begun, "ms", READY);
      const guest = { ...(await newGuest("Losing")), base: own.base };
      expect((await newRoom(guest)).name).toBeTruthy();
    }
    await expect.poll(count, { timeout: 10_000 }).toBe(2);
    const all = "FROM pg_stat_activity WHERE application_name = $1";
    expect((await admin.query(`SELECT 1 ${all}`, name)).rowCount).toBeLessThanOrEqual(9);
    await end();
    const { code, ms } = await own.end("SIGTERM");
    measured("from SIGTERM to the end", ms, "ms", END);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(END.allowed);
  } finally {
    await own.end("SIGKILL");
    await admin.end();
  }
});
