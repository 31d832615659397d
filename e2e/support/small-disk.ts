import { execFileSync } from "node:child_process";
import { mkdtemp, open, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder on a disk that can be filled. */
export interface SmallDisk {
  dir: string;
  /** Whether a file system of its own is full, or file handles only say so. */
  real: boolean;
  /** Takes all room but so many bytes. */
  fill(leave?: number): Promise<void>;
  free(): Promise<void>;
  /** The files of the folder, by their names. */
  files(): Promise<string[]>;
  remove(): Promise<void>;
}

const FILLER = "filler";

/** A tmpfs of so many bytes where one may be mounted (by root); else a folder of which handles say that it is full. */
export async function createSmallDisk(bytes: number): Promise<SmallDisk> {
  const dir = await mkdtemp(join(tmpdir(), "patternbook-disk-"));
  const real = mount(dir, bytes);
  const filler = join(dir, FILLER);
  let undo = () => {};
  return {
    dir,
    real,
    async fill(leave = 0) {
      if (!real) undo = await pretend(leave);
      else await writeFile(filler, Buffer.alloc((await roomOf(dir)) - leave));
    },
    async free() {
      undo();
      await rm(filler, { force: true });
    },
    async files() {
      const all = await readdir(dir, { recursive: true, withFileTypes: true });
      return all.flatMap((entry) =>
        entry.isFile() && entry.name !== FILLER ? join(entry.parentPath, entry.name) : [],
      );
    },
    async remove() {
      undo();
      if (real) execFileSync("umount", [dir]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function mount(dir: string, bytes: number): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", dir], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

async function roomOf(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/** Lets the file handles of this process write so many bytes more, and then say that the disk is full. */
async function pretend(leave: number): Promise<() => void> {
  const file = await open("/dev/null", "w");
  const prototype = Object.getPrototypeOf(file);
  await file.close();
  const { writev, writeFile } = prototype;
  let left = leave;
  const take = (bytes: number) => {
    left -= bytes;
    if (left < 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  };
  prototype.writev = async function (chunks: Buffer[]) {
    take(chunks.reduce((sum, { length }) => sum + length, 0));
    return writev.call(this, chunks);
  };
  prototype.writeFile = async function (data: string, ...rest: unknown[]) {
    take(data.length);
    return writeFile.call(this, data, ...rest);
  };
  return () => Object.assign(prototype, { writev, writeFile });
}
