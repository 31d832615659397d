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
    execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=${wanted}:${wanted}`], {
      stdio: "ignore",
    });
  } catch {
    console.warn(
      `  ! ${limit()} files may be open at once, not ${wanted}: the largest sizes are measured without some peers.`,
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

const SPARE = 500;

/**
 * The subjects that can hold so many connections each, all at the same time: where there is no room
 * for all of them, those without the optional ones (which `absent` is told), and where there is none for these, nobody.
 */
export function fitting<T extends { name: string; optional?: boolean }>(
  absent: string[],
  subjects: readonly T[],
  size: number,
): readonly T[] {
  const fits = (some: readonly T[]) => size * some.length + SPARE <= limit();
  if (fits(subjects)) return subjects;
  const needed = subjects.filter(({ optional }) => !optional);
  const [there, without] = fits(needed)
    ? [needed, subjects.filter(({ optional }) => optional).map(({ name }) => name)]
    : [[], ["everybody"]];
  const names = without.join(", ");
  absent.push(`${names} at ${size} connections each: ${limit()} files may be open at once.`);
  console.log(`  ! Without ${absent.at(-1)}`);
  return there;
}
