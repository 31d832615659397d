import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

// What a process uses, as Linux counts it.

const TICKS_PER_SECOND = 100;
/** Nanoseconds for each thread, where the kernel keeps them. */
const hasSchedStat = existsSync(`/proc/self/task/${process.pid}/schedstat`);

/** Milliseconds of CPU that a process has used, in user and kernel mode. 10 ms is the finest without schedstat. */
export const cpuMs = (pid: number): number => (hasSchedStat ? bySchedStat(pid) : byTicks(pid));

function bySchedStat(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`))
    try {
      const text = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8");
      nanoseconds += Number(text.split(" ", 1)[0]);
    } catch (error) {
      // A thread may end while they are gone through.
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  return nanoseconds / 1e6;
}

function byTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold blanks; what follows it begins with field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000;
}

/** Resident memory in MiB. */
export function residentMiB(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1]) / 1024;
}

/** Looks at the resident memory of a process every 20 ms. @returns the largest seen, in MiB */
export function watchMemory(pid: number): () => number {
  let peak = residentMiB(pid);
  const look = () => {
    peak = Math.max(peak, residentMiB(pid));
  };
  const timer = setInterval(look, 20);
  return () => {
    clearInterval(timer);
    look();
    return peak;
  };
}

/** The command line that keeps a program on one core, where the system can. */
export function pinned(core: number, command: string[]): string[] {
  return canPin() ? ["taskset", "-c", String(core), ...command] : command;
}

/** Keeps this process, and whatever it starts from here on, on one core. */
export function pinSelf(core: number): void {
  if (canPin()) execFileSync("taskset", ["-a", "-cp", String(core), String(process.pid)]);
}

let pins: boolean | undefined;
function canPin(): boolean {
  try {
    pins ??= execFileSync("taskset", ["-c", "0,1", "true"]) !== undefined;
  } catch {
    pins = false;
  }
  return pins;
}
