import { type ChildProcess, spawn } from "node:child_process";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gone, isAlive } from "../process.ts";
import { readSecrets } from "../secrets.ts";
import { withClient } from "./connect.ts";
import { startPostgres } from "./index.ts";
import { readPidFile } from "./postmaster.ts";

const here = dirname(fileURLToPath(import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

let top: string;
let dataDir: string;
const lines: string[] = [];
const start = (dir = dataDir, patienceMs?: number) =>
  startPostgres({ dataDir: dir, log: (line) => lines.push(line), patienceMs });
const pidOf = async (dir = dataDir) => (await readPidFile(join(dir, "postgres/data")))?.pid ?? 0;

/** Starts Postgres in another process, which then waits for its end. */
async function startElsewhere(dir: string, user: { uid?: number; gid?: number } = {}) {
  const code = `
    const { startPostgres } = await import(${JSON.stringify(pathToFileURL(join(here, "index.ts")).href)});
    const { url } = await startPostgres({ dataDir: ${JSON.stringify(dir)}, log: () => {} });
    console.log(url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", tsx, "--input-type=module", "-e", code], {
    cwd: "/",
    env: { ...process.env, HOME: "/nonexistent" },
    stdio: ["ignore", "pipe", "inherit"],
    ...user,
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk) => resolve(String(chunk).trim()));
    child.once("exit", (status) => reject(new Error(`it ended with ${status}`)));
  });
  return { child, url };
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), "patternbook-"));
  await chmod(top, 0o755);
  dataDir = join(top, "data");
});

afterAll(async () => {
  await (await start()).stop();
  await rm(top, { recursive: true, force: true });
});

test("starts, speaks UTF-8 on loopback only, is durable, and stops", async () => {
  const postgres = await start();
  expect(postgres.adopted).toBe(false);
  const settings = await withClient(postgres.url, async (client) => {
    const { rows } = await client.query(
      `SELECT current_database() AS name, pg_encoding_to_char(encoding) AS encoding, datlocprovider
         FROM pg_database WHERE datname = current_database()`,
    );
    const all = await client.query(
      `SELECT name, setting FROM pg_settings WHERE name IN
       ('listen_addresses', 'fsync', 'synchronous_commit', 'max_connections', 'password_encryption')`,
    );
    return { ...rows[0], ...Object.fromEntries(all.rows.map((row) => [row.name, row.setting])) };
  });
  expect(settings).toEqual({
    name: "patternbook",
    encoding: "UTF8",
    datlocprovider: "b",
    listen_addresses: "127.0.0.1",
    fsync: "on",
    synchronous_commit: "on",
    max_connections: "200",
    password_encryption: "scram-sha-256",
  });
  await withClient(postgres.url, (client) =>
    client.query("CREATE TABLE kept AS SELECT 'Zoë' AS name"),
  );
  const pid = await pidOf();
  await postgres.stop();
  expect(isAlive(pid)).toBe(false);
});

test("secrets are readable by their owner alone, and stay the same", async () => {
  const file = await stat(join(dataDir, "secrets.json"));
  expect(file.mode & 0o777).toBe(0o600);
  const [a, b] = await Promise.all([readSecrets(dataDir), readSecrets(dataDir)]);
  expect(a).toEqual(b);
  expect(Buffer.from(a.SESSION_SECRET, "base64url")).toHaveLength(48);
});

test("two first readers of the secrets get the same ones", async () => {
  const dir = join(top, "fresh");
  const all = await Promise.all(Array.from({ length: 8 }, () => readSecrets(dir)));
  expect(new Set(all.map(({ SESSION_SECRET }) => SESSION_SECRET)).size).toBe(1);
});

test("a wrong password is refused", async () => {
  const postgres = await start();
  const wrong = postgres.url.replace(/:[^:@]*@/, ":wrong@");
  await expect(withClient(wrong, async () => "in")).rejects.toMatchObject({ code: "28P01" });
  await postgres.stop();
});

test("the server outlives a starter killed with -9, and is adopted with its data", async () => {
  const { child } = await startElsewhere(dataDir);
  const pid = await pidOf();
  await killed(child);
  expect(isAlive(pid)).toBe(true);
  const postgres = await start();
  expect(postgres.adopted).toBe(true);
  expect(await pidOf()).toBe(pid);
  const { rows } = await withClient(postgres.url, (client) =>
    client.query("SELECT name FROM kept"),
  );
  expect(rows).toEqual([{ name: "Zoë" }]);
  const second = await start();
  expect(second).toMatchObject({ adopted: true, url: postgres.url });
  await postgres.stop();
  await second.stop();
  expect(isAlive(pid)).toBe(false);
});

test("a server that does not answer is ended, and another one started", async () => {
  const { child } = await startElsewhere(dataDir);
  const pid = await pidOf();
  await killed(child);
  // Stopped, not dead: the port is open, nobody answers.
  process.kill(pid, "SIGSTOP");
  const postgres = await start(dataDir, 500);
  expect(postgres.adopted).toBe(false);
  expect(await gone(pid, 1_000)).toBe(true);
  await postgres.stop();
});

test("a pid file whose process is another program now is no obstacle, and the program lives", async () => {
  const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
  await writeFile(
    join(dataDir, "postgres/data/postmaster.pid"),
    `${stranger.pid}\n/elsewhere\n0\n1\n`,
  );
  const postgres = await start();
  expect(postgres.adopted).toBe(false);
  expect(isAlive(stranger.pid as number)).toBe(true);
  stranger.kill();
  await postgres.stop();
});

test("an initdb that was killed midway is forgotten", async () => {
  const dir = join(top, "half");
  await mkdir(join(dir, "postgres/init-4194305/base"), { recursive: true });
  const postgres = await start(dir);
  await postgres.stop();
  await expect(stat(join(dir, "postgres/init-4194305"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.runIf(isRoot)("an ordinary user runs it as himself", async () => {
  const dir = join(top, "nobody");
  await mkdir(dir);
  await chown(dir, NOBODY, NOBODY);
  const { child } = await startElsewhere(dir, { uid: NOBODY, gid: NOBODY });
  const pid = await pidOf(dir);
  const { uid } = await stat(`/proc/${pid}`);
  expect(uid).toBe(NOBODY);
  await killed(child);
  const postgres = await start(dir);
  expect(postgres.adopted).toBe(true);
  await postgres.stop();
});

test.runIf(isRoot)("root's folder that others cannot enter: a folder under /var/lib", async () => {
  const closed = join(top, "closed");
  await mkdir(closed, { mode: 0o700 });
  const postgres = await start(join(closed, "data"));
  const line = lines.at(-1) ?? "";
  const base = /\/var\/lib\/patternbook\/[0-9a-f]{16}/.exec(line)?.[0] ?? "";
  expect(base).not.toBe("");
  expect(await readFile(join(base, "data/PG_VERSION"), "utf8")).toBe("18\n");
  await postgres.stop();
  await rm(base, { recursive: true });
});

test.runIf(isRoot)(
  "binaries out of the account's reach are copied, with links and modes",
  async () => {
    const { findNative, usableBinaries } = await import("./binaries.ts");
    const { chooseAccount, reaches } = await import("./account.ts");
    const { native } = await findNative();
    const lonely = join(top, "lonely");
    await mkdir(join(lonely, "native/lib"), { recursive: true });
    await cp(join(native, "bin"), join(lonely, "native/bin"), { recursive: true });
    await cp(join(native, "pg-symlinks.json"), join(lonely, "native/pg-symlinks.json"));
    await chmod(join(lonely, "native/bin/postgres"), 0o644);
    await chmod(lonely, 0o700);
    const base = join(top, "copied");
    const copy = await usableBinaries(base, chooseAccount(), join(lonely, "native"));
    expect(copy.startsWith(base)).toBe(true);
    expect(reaches(chooseAccount(), join(copy, "bin/postgres"), "x")).toBe(true);
    const { readlink } = await import("node:fs/promises");
    expect(await readlink(join(copy, "lib/libpq.so"))).toBe("libpq.so.5.18");
  },
);
