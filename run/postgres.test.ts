import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { withClient } from "../embedded/postgres/connect.ts";
import { readPidFile } from "../embedded/postgres/postmaster.ts";
import { gone } from "../embedded/process.ts";
import { keepPostgres } from "./postgres.ts";

test("a Postgres that is killed comes back at its address with what was committed, until stop", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  const top = await mkdtemp(join(tmpdir(), "patternbook-"));
  await chmod(top, 0o755);
  const dataDir = join(top, "data");
  const pidOf = async () => (await readPidFile(join(dataDir, "postgres/data")))?.pid ?? 0;
  const { url, stop } = await keepPostgres(dataDir, () => undefined);
  try {
    await withClient(url, (client) => client.query("CREATE TABLE kept AS SELECT 42 AS answer"));
    const before = await pidOf();
    process.kill(before, "SIGKILL");
    const read = () =>
      withClient(url, async (client) => (await client.query("SELECT answer FROM kept")).rows).catch(
        () => [],
      );
    await expect.poll(read, { timeout: 20_000, interval: 100 }).toEqual([{ answer: 42 }]);
    expect(await pidOf()).not.toBe(before);
  } finally {
    const last = await pidOf();
    await stop();
    expect(await gone(last, 1_000)).toBe(true);
    // Nobody starts it again.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await pidOf()).toBe(0);
    await rm(top, { recursive: true, force: true });
  }
}, 60_000);
