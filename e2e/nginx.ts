import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { resolve } from "node:path";

export const NO_NGINX = "nginx is not installed, and apt-get could not fetch it";
const APT = "/usr/bin/apt-get";
/** Where it is unpacked: nothing is installed, and no service is started. */
const UNPACKED = ".data/nginx";
const PATHS = [
  ...["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"],
  resolve(UNPACKED, "usr/sbin/nginx"),
];

/** The nginx of the system, or the one that was unpacked. One that lacks a library is none. */
export const findNginx = (): string | undefined =>
  PATHS.find((path) => existsSync(path) && spawnSync(path, ["-v"]).status === 0);

/** Finds an nginx, or unpacks Debian's package; without either, what needs it is skipped. */
export function ensureNginx(log: (line: string) => void): void {
  if (findNginx() || !existsSync(APT)) return;
  log("No nginx found: fetching the system's package …");
  mkdirSync(UNPACKED, { recursive: true });
  const apt = (...args: string[]) =>
    spawnSync(APT, args, { cwd: UNPACKED, stdio: "inherit", timeout: 60_000 }).status === 0;
  // Whoever has no lists of packages yet, and may fetch them.
  if (!apt("download", "nginx") && !(apt("update") && apt("download", "nginx"))) return;
  const file = readdirSync(UNPACKED).find((name) => name.endsWith(".deb"));
  if (file) spawnSync("/usr/bin/dpkg-deb", ["-x", file, "."], { cwd: UNPACKED, stdio: "inherit" });
}
