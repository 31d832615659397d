import { readdirSync, readFileSync } from "node:fs";

/** The process of an instance of the demo, by the port in its environment. Linux only. */
export function pidOf(base: string): number {
  const port = `PORT=${new URL(base).port}`;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      const of = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
      if (of("cmdline").includes("dist/server.js") && of("environ").includes(port))
        return Number(pid);
    } catch (error) {
      // One that has ended, or is somebody else's.
      if (!["ENOENT", "EACCES", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? ""))
        throw error;
    }
  throw new Error(`Nothing serves ${base}.`);
}
