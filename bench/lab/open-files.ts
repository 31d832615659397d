import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Lets this process, and what it starts from here on, hold so many files and sockets open, where the
 * system can: `prlimit` of util-linux, beyond the hard limit as root alone.
 * @returns how many it may hold
 */
export function openFiles(wanted: number): number {
  if (limit() >= wanted) return limit();
  try {
    execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=${wanted}:${wanted}`]);
  } catch {
    console.warn(
      `  ! ${limit()} files may be open at once, not ${wanted}: larger sizes are left out.`,
    );
  }
  return limit();
}

/** The soft limit, as Linux says it. Elsewhere nothing is known, and all is tried. */
function limit(): number {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
    return Number(line?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The sizes for which so many subjects can hold their connections at the same time. */
export const sizesWithin = (sizes: readonly number[], subjects: number): number[] =>
  sizes.filter((size) => size * subjects + 500 <= limit());
