import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "../fixtures";
import { freePort } from "./own-instance";
import type { Store } from "./uploads";

const run = promisify(execFile);
const backends = ["account", "container", "object"] as const;
const programs = ["swift-ring-builder", "swift-proxy-server", ...backends.map(serverOf)];
const credentials = { accessKeyId: "test:tester", secretAccessKey: "testing" };

/** Where Debian puts the programs of swift-proxy, -account, -container and -object. */
export const swiftIsInstalled = (): boolean => {
  try {
    for (const program of programs) accessSync(`/usr/bin/${program}`);
    return true;
  } catch {
    return false;
  }
};

/** OpenStack Swift under its S3 API, on loopback: one process of each kind, one device, one copy. */
export interface Swift extends Store {
  stop(): Promise<void>;
}

/** Starts one of its own, in a temporary folder, and makes a bucket. */
export async function startSwift(): Promise<Swift> {
  const dir = await mkdtemp(join(tmpdir(), "swift-"));
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.map(end));
    await rm(dir, { recursive: true, force: true });
  };
  let output = "";
  const serve = async (program: string, config: string) => {
    const file = join(dir, `${program}.conf`);
    await writeFile(file, config);
    const child = spawn(program, [file, "--verbose"]);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => {
        output += data;
      });
    children.push(child);
  };
  try {
    await mkdir(join(dir, "devices", "disk"), { recursive: true });
    await Promise.all(
      backends.map(async (kind) => {
        const port = await freePort();
        await buildRing(dir, kind, port);
        await serve(serverOf(kind), backendConfig(dir, kind, port));
      }),
    );
    const port = await freePort();
    await serve("swift-proxy-server", proxyConfig(dir, port));
    const endpoint = `http://127.0.0.1:${port}`;
    const store = { endpoint, region: "us-east-1", bucket: "patternbook", credentials };
    await expect.poll(() => createBucket(store), { timeout: 30_000 }).toBe("made");
    return { ...store, stop };
  } catch (error) {
    await stop();
    throw new Error(`Swift did not start: ${output}`, { cause: error });
  }
}

function serverOf(kind: string): string {
  return `swift-${kind}-server`;
}

/** Which device has what: all of it the only one. */
async function buildRing(dir: string, kind: string, port: number): Promise<void> {
  const builder = join(dir, `${kind}.builder`);
  const build = (...args: string[]) => run("swift-ring-builder", [builder, ...args]);
  await build("create", "4", "1", "1");
  await build("add", `r1z1-127.0.0.1:${port}/disk`, "1");
  await build("rebalance");
}

const common = (dir: string, port: number) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
# One process, no children of its own.
workers = 0
user = ${userInfo().username}
swift_dir = ${dir}
log_level = ERROR
`;

const backendConfig = (dir: string, kind: string, port: number) => `${common(dir, port)}
devices = ${join(dir, "devices")}
mount_check = false
disable_fallocate = true
# No updater runs that would bring a list up to date later.
container_update_timeout = 60
[pipeline:main]
pipeline = ${kind}-server
[app:${kind}-server]
use = egg:swift#${kind}
`;

const proxyConfig = (dir: string, port: number) => `${common(dir, port)}
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 60
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
# tempauth wants a cache. Nobody listens there: everything is asked anew, and the lists are true.
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = ${credentials.secretAccessKey} .admin
[filter:slo]
use = egg:swift#slo
`;

/** Its servers come up one after the other: until then it refuses. */
async function createBucket({ bucket, ...options }: Store): Promise<string> {
  const client = new S3Client({ ...options, forcePathStyle: true, maxAttempts: 1 });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return "made";
  } catch (error) {
    const { name, message } = error as Error;
    return name === "BucketAlreadyOwnedByYou" ? "made" : `${name}: ${message}`;
  } finally {
    client.destroy();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
