import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The file name for a key: a hash, which is never a path and never too long. */
export const nameOf = (key: string) => createHash("sha256").update(key).digest("hex");

/** Writes a record to a temporary file and renames it into place: it is there whole, or as it was. */
export async function writeRecord(file: string, temporary: string, record: object): Promise<void> {
  const draft = join(temporary, randomUUID());
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(JSON.stringify(record));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** The record of a file, which is written where there is none. */
export async function readOrWriteRecord<T extends object>(
  file: string,
  temporary: string,
  first: () => T,
): Promise<T> {
  if (existsSync(file)) return readRecord<T>(file);
  const record = first();
  await writeRecord(file, temporary, record);
  return record;
}

async function readRecord<T>(file: string): Promise<T> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch (cause) {
    throw new Error(`${file} is damaged. Move it away: its object is lost, all others stay.`, {
      cause,
    });
  }
}

export async function removeRecord(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncFolder(dirname(file));
}

/** Makes what was renamed or removed in a folder outlive a loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** All records of a folder, which is made where there is none. */
export async function readRecords<T>(folder: string): Promise<T[]> {
  await mkdir(folder, { recursive: true });
  const records: T[] = [];
  for (const name of await readdir(folder)) {
    if (name.endsWith(".json")) records.push(await readRecord<T>(join(folder, name)));
  }
  return records;
}
