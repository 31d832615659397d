import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isAlive } from "../process.ts";
import { type Account, reaches, runAs } from "./account.ts";
import { ROLE } from "./connect.ts";

const run = promisify(execFile);
const FAR = "/var/lib/patternbook";

/**
 * The folder for everything of this Postgres: `<dataDir>/postgres`, or, where the account cannot
 * get there (root's clone under a home of mode 700), a folder of its own under /var/lib.
 */
export async function chooseBase(dataDir: string, account: Account | undefined): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const real = await realpath(dataDir);
  const far = join(FAR, createHash("sha256").update(real).digest("hex").slice(0, 16));
  // Once there, always there: a changed mode of a folder must not look like lost data.
  const useFar = account && ((await isFolder(far)) || !reaches(account, real, "x"));
  const base = useFar ? far : join(real, "postgres");
  await mkdir(base, { recursive: true, mode: 0o755 });
  if (account) await chown(base, account.uid, account.gid);
  return base;
}

/**
 * Creates the cluster `<base>/data` unless it is there. initdb works in a folder of its own that is
 * renamed when it is done, so a cluster is whole or absent.
 */
export async function ensureCluster(
  base: string,
  native: string,
  password: string,
  account: Account | undefined,
  log: (line: string) => void,
): Promise<string> {
  const data = join(base, "data");
  await removeLeftovers(base);
  if (await isFolder(data)) {
    if (await belongs(data, password)) return data;
    const aside = join(base, "data.replaced");
    log(`the database in ${data} has another password than secrets.json: set aside as ${aside}`);
    await rm(aside, { recursive: true, force: true });
    await rename(data, aside);
  }
  const draft = join(base, `init-${process.pid}`);
  await initdb(draft, native, password, account);
  await writeFile(join(draft, "patternbook"), fingerprint(password));
  await rename(draft, data).catch(async (error) => {
    // Another process was first: its cluster has the same password.
    await rm(draft, { recursive: true, force: true });
    if (!(await isFolder(data))) throw error;
  });
  return data;
}

async function initdb(
  draft: string,
  native: string,
  password: string,
  account: Account | undefined,
) {
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  // The builtin provider sorts and folds the same on every system, whatever locales it has.
  const locale = [
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ];
  try {
    await run(
      join(native, "bin", "initdb"),
      ["-D", draft, "-U", ROLE, "--auth=scram-sha-256", `--pwfile=${passwordFile}`, ...locale],
      runAs(account),
    );
    await chmod(draft, 0o700);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw new Error(`initdb failed: ${(error as { stderr?: string }).stderr || error}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** What an initdb that was killed midway has left; those of processes that still run stay. */
async function removeLeftovers(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const pid = Number(/^init-(\d+)/.exec(name)?.[1]);
    if (!pid || (pid !== process.pid && isAlive(pid))) continue;
    await rm(join(base, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function belongs(data: string, password: string): Promise<boolean> {
  return (
    (await readFile(join(data, "patternbook"), "utf8").catch(() => "")) === fingerprint(password)
  );
}

function fingerprint(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
