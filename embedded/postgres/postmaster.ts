import { type ChildProcess, spawn } from "node:child_process";
import { close as closeFd, open as openFd } from "node:fs";
import { readFile, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { commandLine, gone, isAlive, signal, workingFolder } from "../process.ts";
import { type Account, runAs } from "./account.ts";
import { dataFolderBehind } from "./connect.ts";

const open = promisify(openFd);
const close = promisify(closeFd);

/** Small, and as durable as Postgres is: fsync and synchronous_commit stay on. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: 200,
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  fsync: "on",
  synchronous_commit: "on",
  io_method: "sync",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
  log_checkpoints: "off",
};

/** A postmaster: the process that the others of a cluster are children of. */
export interface Postmaster {
  pid: number;
  port: number;
}

/** What postmaster.pid says; nothing about whether it is true. */
export async function readPidFile(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]) || 0 } : undefined;
}

/** Whether the process really is a postmaster of this cluster, and not the next owner of its id. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = commandLine(pid);
  if (!command.includes("postgres")) return false;
  // A postmaster works in its data folder, and ours is given the path.
  return workingFolder(pid) === (await realpath(data)) || command.includes(` -D ${data} `);
}

/**
 * The postmaster that an earlier process has left running, if it lets us in. One that does not is
 * ended; a pid file without one is removed.
 */
export async function adopt(
  data: string,
  password: string,
  patienceMs: number,
): Promise<Postmaster | undefined> {
  const found = await readPidFile(data);
  if (!found) return undefined;
  if (await isPostmasterOf(found.pid, data)) {
    const answers = await answering(found, data, password, patienceMs);
    if (answers) return answers;
    await end(found.pid, data);
  }
  // Only if it is still the file we have judged: another process may start a server right now.
  if ((await readPidFile(data))?.pid === found.pid && !(await isPostmasterOf(found.pid, data))) {
    await rm(join(data, "postmaster.pid"), { force: true });
  }
  return undefined;
}

/** It may be starting, or in crash recovery: so it is given time to answer. */
async function answering(found: Postmaster, data: string, password: string, patienceMs: number) {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline && isAlive(found.pid)) {
    const now = (await readPidFile(data)) ?? found;
    const left = Math.max(1, deadline - Date.now());
    const folder = await dataFolderBehind(now.port, password, left).catch((error) => {
      return error.code === "28P01" ? "another password" : "";
    });
    if (folder) return folder === data ? now : undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

/** Starts a postmaster that outlives us and no terminal signal reaches: it leads its own session. */
export async function launch(
  data: string,
  native: string,
  port: number,
  logFile: string,
  account: Account | undefined,
): Promise<{ child: ChildProcess; pid: number }> {
  const output = await open(logFile, "a");
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(
    join(native, "bin", "postgres"),
    ["-D", data, "-p", String(port), ...settings],
    {
      ...runAs(account),
      detached: true,
      stdio: ["ignore", output, output],
    },
  );
  try {
    await new Promise<void>((resolve, reject) =>
      child.once("spawn", resolve).once("error", reject),
    );
  } finally {
    await close(output);
  }
  child.unref();
  return { child, pid: child.pid as number };
}

/** Ends a postmaster: fast shutdown, then the harder ways. Nothing happens to another process. */
export async function shutDown(pid: number, data: string): Promise<void> {
  if (!(await isPostmasterOf(pid, data))) return;
  signal(pid, "SIGINT");
  if (!(await gone(pid, 20_000))) await end(pid, data);
}

async function end(pid: number, data: string): Promise<void> {
  for (const name of ["SIGQUIT", "SIGKILL"] as const) {
    if (!(await isPostmasterOf(pid, data))) return;
    signal(pid, name);
    // One that was stopped has to run to hear it.
    signal(pid, "SIGCONT");
    if (await gone(pid, 5_000)) return;
  }
  throw new Error(`Postgres (process ${pid}) in ${data} does not end.`);
}
