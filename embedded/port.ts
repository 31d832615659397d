import { randomInt } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

/** Whether nobody listens on that port of the address. */
export function isFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once("error", () => resolve(false))
      .listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A free port below the range that systems give out to outgoing connections: it stays free longer. */
export async function findPort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(15_000, 30_000);
    if (await isFree(port)) return port;
  }
  throw new Error("No free port between 15000 and 30000 on 127.0.0.1.");
}

/** The port of last time when it is free, else another, which is kept for next time. */
export async function choosePort(base: string): Promise<number> {
  const file = join(base, "port");
  const kept = Number(await readFile(file, "utf8").catch(() => ""));
  if (kept && (await isFree(kept))) return kept;
  const port = await findPort();
  await writeFile(file, `${port}\n`);
  return port;
}
