import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNginx, NO_NGINX } from "../nginx";
import { freePort } from "./own-instance";

/** What stands between `http {` and `}`, for a port of loopback and some instances. */
type Configuration = (port: number, instances: string[]) => string;

/** The defaults, behind which nothing may be taken for granted: HTTP/1.0, buffering, bodies of 1 MiB. */
export const defaults =
  (lines = ""): Configuration =>
  (port, instances) =>
    `upstream patternbook { ${instances.map((base) => `server ${hostOf(base)};`).join(" ")} }
     server { listen 127.0.0.1:${port}; ${lines} location / { proxy_pass http://patternbook; } }`;

/** deploy/nginx.conf as it is; only the addresses are others. */
export const deployed: Configuration = (port, [first = "", second = ""]) => {
  const text = readFileSync(new URL("../../deploy/nginx.conf", import.meta.url), "utf8");
  const others: [string, string][] = [
    ["listen 80;", `listen 127.0.0.1:${port};`],
    ["server app-a:3000 ", `server ${hostOf(first)} `],
    ["server app-b:3000 ", `server ${hostOf(second)} `],
  ];
  return others.reduce((conf, [from, to]) => replaceEach(conf, from, to), text);
};

/** Starts nginx in front of some instances, on a free port or the given one. */
export async function startNginx(configuration: Configuration, instances: string[], port?: number) {
  const program = findNginx();
  if (!program) throw new Error(NO_NGINX);
  const listening = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), "patternbook-nginx-"));
  // Its workers are another user where we are root, and keep bodies in there.
  chmodSync(folder, 0o755);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n");
  writeFileSync(
    join(folder, "nginx.conf"),
    `pid ${folder}/pid; error_log stderr crit; daemon off; events {}
     http { access_log off; ${paths} ${configuration(listening, instances)} }`,
  );
  const child = spawn(program, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${listening}`;
  const ended = new Promise((resolve) => child.once("close", resolve));
  for (let tries = 0; tries < 50 && child.exitCode === null && !(await answers(url)); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    url,
    async stop() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const hostOf = (base: string) => new URL(base).host.replace("localhost", "127.0.0.1");

function replaceEach(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`${from} does not stand there`);
  return text.replaceAll(from, to);
}

const answers = (url: string) =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
