import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { generate } from "../prisma/generate.ts";
import { generateApi } from "./api-types.ts";
import { laneRoutes } from "./lane.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = join(root, ".next/patternbook-build");
const outputs = join(root, "dist");
const output = join(outputs, "server.js");

/** Everything that a build is made of. */
const INPUTS = [
  ...[
    "app",
    "components",
    "lib",
    "server",
    "public",
    "server.ts",
    "instrumentation-client.ts",
    "prisma/schema.prisma",
  ],
  ...[
    "run/lane.ts",
    // What the page of the benchmarks shares with them.
    ...["results", "say", "targets"].map((name) => `bench/lab/${name}.ts`),
    "next.config.ts",
    "postcss.config.mjs",
    "tsconfig.json",
    "package.json",
    "package-lock.json",
  ],
];
const OUTPUTS_AMONG_THEM = join(root, "lib/db/generated");

/** Whether the last build was made of what is here now. By content: a clone has any mtimes. */
export async function isBuilt(): Promise<boolean> {
  if (!existsSync(output) || !existsSync(join(root, ".next/BUILD_ID"))) return false;
  return (await readFile(stamp, "utf8").catch(() => "")) === (await fingerprint());
}

/** Builds the pages (.next) and the server (dist/server.js); answers whether it had to. */
export async function build({ force = false } = {}): Promise<boolean> {
  generate({ force });
  await generateApi();
  if (!force && (await isBuilt())) return false;
  await rm(stamp, { force: true });
  const before = await fingerprint();
  await Promise.all([bundleServer(), buildPages()]);
  await mkdir(join(root, ".next"), { recursive: true });
  // Of what was there at the start: an edit during the build leads to another one.
  await writeFile(stamp, before);
  return true;
}

/**
 * server/main.ts, and as a chunk of its own server.ts with the routes and our own files that they import;
 * packages stay in node_modules.
 */
async function bundleServer(): Promise<void> {
  await rm(outputs, { recursive: true, force: true });
  await bundle({
    absWorkingDir: root,
    entryPoints: { server: "server/main.ts" },
    outdir: outputs,
    bundle: true,
    splitting: true,
    packages: "external",
    alias: { "@": root.replace(/[\\/]$/, "") },
    plugins: [laneRoutes(root)],
    inject: ["server/lane/light.ts"],
    platform: "node",
    target: "node24",
    format: "esm",
    sourcemap: true,
    logLevel: "silent",
  });
}

async function buildPages(): Promise<void> {
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.once("close", resolve).once("error", reject);
  });
  if (code !== 0) throw new Error(`next build failed:\n${text.trim()}`);
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256").update(process.version);
  for (const input of INPUTS) await addTo(hash, join(root, input));
  return hash.digest("hex");
}

async function addTo(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  if (path === OUTPUTS_AMONG_THEM) return;
  const content = await readFile(path).catch((error) => {
    if (error.code === "EISDIR") return undefined;
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  if (content) {
    hash.update(`${path.slice(root.length)}\0${content.length}\0`).update(content);
    return;
  }
  for (const name of (await readdir(path)).sort()) await addTo(hash, join(path, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const built = await build({ force: process.argv.includes("--force") });
    console.log(built ? "Built .next and dist/server.js." : "The build is up to date.");
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
