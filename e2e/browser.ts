import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

/** A browser to test with. Without a path it is the one that Playwright has installed. */
export interface Browser {
  executablePath?: string;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const APPS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Playwright's own Chromium where it is installed, else one of the system; undefined for none. */
export function findBrowser(): Browser | undefined {
  if (existsSync(chromium.executablePath())) return {};
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...APPS];
  const executablePath = paths.find((path) => existsSync(path));
  return executablePath ? { executablePath } : undefined;
}

/** Finds a browser, or installs one: Playwright's download, else Debian's package when we are root. */
export function ensureBrowser(log: (line: string) => void): Browser {
  for (const install of [undefined, installPlaywrights, installDebians]) {
    install?.(log);
    const found = findBrowser();
    if (found) return found;
  }
  throw new Error(
    "There is no Chromium to test with, and none could be installed. " +
      "Install Chromium or Google Chrome, or run: npx playwright install --with-deps chromium",
  );
}

function installPlaywrights(log: (line: string) => void): void {
  log("No Chromium found: Playwright downloads its own …");
  const cli = createRequire(import.meta.url).resolve("@playwright/test/cli");
  // Its libraries come from the system's packages, which only root may install.
  const withDeps = isRoot() && existsSync("/usr/bin/apt-get") ? ["--with-deps"] : [];
  run(process.execPath, [cli, "install", ...withDeps, "chromium"], {
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "15000",
  });
}

function installDebians(log: (line: string) => void): void {
  if (!isRoot() || !existsSync("/usr/bin/apt-get")) return;
  log("That did not work: installing the system's package chromium …");
  run("apt-get", ["update"]);
  run("apt-get", ["install", "-y", "chromium"], { DEBIAN_FRONTEND: "noninteractive" });
}

function run(program: string, args: string[], env: Record<string, string> = {}): void {
  spawnSync(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
