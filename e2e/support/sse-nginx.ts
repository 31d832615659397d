import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * nginx with its default configuration in front of an instance: response buffering on, HTTP/1.0 to
 * the upstream. Taken from the system, or unpacked from Debian's package beside it (nothing is
 * installed); otherwise the reason why not.
 */
export async function startNginx(target: string) {
  const folder = mkdtempSync(join(tmpdir(), "patternbook-nginx-"));
  const program = findNginx(folder);
  if (!program) return { reason: "nginx is not installed, and apt-get could not fetch it" };
  const port = await freePort();
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n");
  writeFileSync(
    join(folder, "nginx.conf"),
    `pid ${folder}/pid; error_log stderr; daemon off; events {}
     http { access_log off; ${paths}
       server { listen 127.0.0.1:${port}; location / { proxy_pass ${target}; } } }`,
  );
  const child = spawn(program, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise((resolve) => child.once("close", resolve));
  for (let tries = 0; tries < 50 && !(await answers(url)); tries++)
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

function findNginx(folder: string): string | undefined {
  const known = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"];
  const found = known.find((path) => existsSync(path));
  if (found || !existsSync("/usr/bin/apt-get")) return found;
  spawnSync("/usr/bin/apt-get", ["download", "nginx"], { cwd: folder, timeout: 60_000 });
  const file = readdirSync(folder).find((name) => name.endsWith(".deb"));
  if (!file) return undefined;
  spawnSync("/usr/bin/dpkg-deb", ["-x", file, "."], { cwd: folder });
  const program = join(folder, "usr/sbin/nginx");
  return spawnSync(program, ["-v"]).status === 0 ? program : undefined;
}

const answers = (url: string) =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
