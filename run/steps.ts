import { statfs } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isTaken } from "./ports.ts";

/** Runs one step and shows its name, then how long it took. A failure carries the step's name. */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const { stdout } = process;
  const started = performance.now();
  if (stdout.isTTY) stdout.write(`  ${name} …`);
  const clear = stdout.isTTY ? "\r\x1b[K" : "";
  try {
    const result = await work();
    stdout.write(`${clear}✓ ${name} ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    stdout.write(`${clear}✗ ${name}\n`);
    throw error;
  }
}

/** One message for whatever went wrong. */
export function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown } | null)?.code;
  if (code === "ENOSPC" || code === "53100" || /ENOSPC|No space left on device/i.test(message)) {
    return `The disk is full.\n${message}`;
  }
  return message;
}

/** Fails when the disk of the folder has less than `megabytes` to give. */
export async function checkDisk(folder: string, megabytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < megabytes) {
    throw new Error(`The disk of ${folder} has ${free} MB left; about ${megabytes} MB are needed.`);
  }
}

/**
 * Fails when a port is in use, and says how to choose another. After a killed runner its instances
 * may still be on their way out: `patienceMs` waits for them.
 */
export async function checkPorts(ports: number[], what: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (const port of ports) {
    while (await isTaken(port)) {
      if (Date.now() < deadline) await sleep(200);
      else {
        const other = Math.max(...ports) + 100;
        throw new Error(
          `Port ${port} on this machine is in use by another program. ` +
            `End it, or choose another port: PORT=${other} npm run ${what}`,
        );
      }
    }
  }
}
