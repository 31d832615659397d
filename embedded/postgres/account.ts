import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The user that Postgres runs as: undefined when it is ourselves. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root. Root hands it to `postgres` where that user exists, else to
 * `nobody`; no user is created.
 */
export function chooseAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const entry = users.find(([user]) => user === name);
    if (entry) return { name, uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    "Postgres cannot run as root, and there is no user postgres or nobody to run it as.",
  );
}

/** Options for child_process: that user, a folder it may be in, and nothing of our environment. */
export function runAs(account: Account | undefined): {
  uid?: number;
  gid?: number;
  cwd: string;
  env: NodeJS.ProcessEnv;
} {
  const env = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } as Partial<NodeJS.ProcessEnv>;
  const user = account ? { uid: account.uid, gid: account.gid } : {};
  return { ...user, cwd: "/", env: env as NodeJS.ProcessEnv };
}

/** Whether that user reaches the path and has the wanted access (of `test`: r, x, …), by trying. */
export function reaches(account: Account | undefined, path: string, access: "r" | "x"): boolean {
  const test = spawnSync("/bin/sh", ["-c", `test -${access} "$1"`, "sh", path], {
    ...runAs(account),
    stdio: "ignore",
  });
  return test.status === 0;
}
