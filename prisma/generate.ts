import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const schema = join(root, "prisma/schema.prisma");
const generated = join(root, "lib/db/generated/client.ts");

/** Whether lib/db/generated is there, and not older than schema.prisma. */
export const isGenerated = (): boolean => modified(generated) >= modified(schema);

/**
 * Writes lib/db/generated from schema.prisma, offline, when the schema is newer (or `force`).
 * Answers whether it did; throws with Prisma's own words where it fails.
 */
export function generate({ force = false } = {}): boolean {
  if (!force && isGenerated()) return false;
  const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
  const run = spawnSync(process.execPath, [cli, "generate", `--schema=${schema}`], {
    cwd: root,
    encoding: "utf8",
    // The CLI would download a schema engine that generate never calls: any executable does.
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  if (run.status !== 0) throw new Error(`prisma generate failed:\n${run.stdout}${run.stderr}`);
  return true;
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    generate({ force: process.argv.includes("--force") });
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
