import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { birthMark, isAlive } from "../embedded/process.ts";

interface Holder {
  pid: number;
  /** Tells the holder from a later process with the same id. */
  birth: string;
  what: string;
  addresses: string[];
}

export interface Lock {
  /** True where the one before us ended without giving the lock back: its children may linger. */
  tookOver: boolean;
  release(): Promise<void>;
}

/**
 * One runner in a data folder. Throws with who has it and what to do; the lock of a process that
 * is dead, or whose id belongs to another process now, is taken over.
 */
export async function acquireLock(
  dataDir: string,
  what: string,
  addresses: string[],
): Promise<Lock> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, "run.lock");
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const mine: Holder = { pid: process.pid, birth: birthMark(process.pid), what, addresses };
  await writeFile(draft, JSON.stringify(mine));
  let tookOver = false;
  try {
    for (;;) {
      try {
        await link(draft, file);
        return { tookOver, release: () => release(file) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = await readHolder(file);
      if (holder && holds(holder)) throw new Error(refusal(holder, dataDir));
      await moveAway(file);
      tookOver = true;
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function holds(holder: Holder): boolean {
  return isAlive(holder.pid) && birthMark(holder.pid) === holder.birth;
}

/** Two may find the same stale lock: whoever moved a living one puts it back. */
async function moveAway(file: string): Promise<void> {
  const aside = `${file}.stale.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readHolder(aside);
  if (moved && holds(moved)) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function release(file: string): Promise<void> {
  if ((await readHolder(file))?.pid === process.pid) await rm(file, { force: true });
}

function refusal({ what, pid, addresses }: Holder, dataDir: string): string {
  return [
    `\`npm run ${what}\` already runs in ${dataDir} (process ${pid}):`,
    ...addresses.map((address) => `  ${address}`),
    `Use that one, end it with Ctrl-C or \`kill ${pid}\`, or choose another folder and port:`,
    "  DATA_DIR=.data/second PORT=3200 npm run demo",
  ].join("\n");
}
