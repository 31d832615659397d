import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { SCHEMA } from "./schema.sql.ts";

export interface Lead {
  /** Aborted when the connection that holds the lock is gone. */
  lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Waits until this process is the only executor of the database. The lock belongs to a connection:
 * Postgres gives it up the moment the process dies, whatever it dies of, so the next executor need
 * not wait for a lease to run out.
 */
export async function lead(
  url: string,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Lead | undefined> {
  let said = "";
  while (!signal.aborted) {
    const client = new pg.Client({
      connectionString: url,
      // Whoever looks at pg_stat_activity sees which process leads.
      application_name: `inngest (embedded): lock of process ${process.pid}`,
      keepAlive: true,
    });
    const lost = new AbortController();
    client.on("error", () => lost.abort());
    client.on("end", () => lost.abort());
    try {
      await client.connect();
      const { rows } = await client.query<{ locked: boolean }>(
        "select pg_try_advisory_lock(hashtextextended($1, 0)) as locked",
        [SCHEMA],
      );
      if (rows[0]?.locked) return { lost: lost.signal, release: () => client.end() };
    } catch (error) {
      const line = `The database cannot be reached: ${(error as Error).message}`;
      if (line !== said) log(line);
      said = line;
    }
    await client.end().catch(() => undefined);
    await delay(200, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
