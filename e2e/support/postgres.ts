import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";

async function ask<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  const { rows } = await client.query<Row>(text);
  await client.end();
  return rows;
}

/** Sends SIGKILL to the postmaster of the demo under test, and to every child of it. */
export async function killPostgres(): Promise<void> {
  const [settings] = await ask<{ data_directory: string }>("SHOW data_directory");
  const children = await ask<{ pid: number }>("SELECT pid FROM pg_stat_activity");
  const file = join(settings?.data_directory ?? "", "postmaster.pid");
  const postmaster = Number((await readFile(file, "utf8")).split("\n", 1)[0]);
  process.kill(postmaster, "SIGKILL");
  for (const { pid } of children)
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has seen that the postmaster is gone, and went by itself.
    }
}
