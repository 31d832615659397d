import pg from "pg";
import { expect } from "../fixtures";

/** The process that leads the jobs of this database, by the name of its connection; undefined for none. */
async function leader(): Promise<number | undefined> {
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    `SELECT substring(application_name FROM 'lock of process (\\d+)$')::int AS pid
       FROM pg_stat_activity JOIN pg_locks USING (pid)
      WHERE locktype = 'advisory' AND granted AND application_name LIKE 'inngest (embedded): lock%'
        AND pg_stat_activity.datname = current_database()`,
  );
  await client.end();
  return rows[0]?.pid;
}

/** Sends SIGKILL to the executor, and waits until another one leads. */
export async function killExecutor(): Promise<void> {
  const before = await leader();
  if (before === undefined) throw new Error("There is no embedded executor to kill.");
  process.kill(before, "SIGKILL");
  const another = async () => ![undefined, before].includes(await leader());
  await expect.poll(another, { timeout: 20_000, intervals: [100] }).toBe(true);
}
