import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { patterns } from "@/app/patterns";
import { highlight, type Run } from "./highlight";
import { sourcePaths } from "./source-paths";

/** A file as it is on this machine's disk now. `runs` null: it is not there. */
export type SourceFile = { path: string; lines: number; runs: Run[] | null };

function isListed(name: string) {
  return patterns.some((pattern) => sourcePaths(pattern).includes(name));
}

const cache = new Map<string, { mtimeMs: number; file: SourceFile }>();

/** Reads and highlights one file of the registry, and no other; again only after it has changed. */
export async function readSource(name: string): Promise<SourceFile> {
  if (!isListed(name)) throw new Error(`${name} is not listed in the registry`);
  const onDisk = path.join(/*turbopackIgnore: true*/ process.cwd(), name);
  try {
    const { mtimeMs } = await stat(onDisk);
    const known = cache.get(name);
    if (known?.mtimeMs === mtimeMs) return known.file;
    const text = await readFile(onDisk, "utf8");
    const file = {
      path: name,
      lines: text.trimEnd().split("\n").length,
      runs: await highlight(text, name),
    };
    cache.set(name, { mtimeMs, file });
    return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { path: name, lines: 0, runs: null };
  }
}
