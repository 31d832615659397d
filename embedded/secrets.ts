import { createHmac, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What is generated once for a data folder: 48 random bytes each, base64url. */
export interface Secrets {
  SESSION_SECRET: string;
  POSTGRES_PASSWORD: string;
}

/**
 * The secrets of a data folder, kept in `secrets.json` (mode 0600). They are generated at the first
 * call; of two processes that do so at once, one wins and both read its file.
 */
export async function readSecrets(dataDir: string): Promise<Secrets> {
  const file = join(dataDir, "secrets.json");
  return (await read(file)) ?? (await create(dataDir, file));
}

/**
 * The key that clients of an embedded service need. It is derived from the session secret, one way:
 * a folder of an older version needs no new file, and the key tells nothing about the secret.
 */
export function serviceKey({ SESSION_SECRET }: Secrets, service: string): string {
  return createHmac("sha256", SESSION_SECRET).update(`embedded ${service}`).digest("base64url");
}

async function read(file: string): Promise<Secrets | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const found = parse(text);
  if (!found.SESSION_SECRET || !found.POSTGRES_PASSWORD) {
    throw new Error(`${file} is damaged. Move it away: new secrets and an empty database follow.`);
  }
  return found as Secrets;
}

function parse(text: string): Partial<Secrets> {
  try {
    return JSON.parse(text) as Partial<Secrets>;
  } catch {
    return {};
  }
}

async function create(dataDir: string, file: string): Promise<Secrets> {
  const random = () => randomBytes(48).toString("base64url");
  const secrets: Secrets = { SESSION_SECRET: random(), POSTGRES_PASSWORD: random() };
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, {
    mode: 0o600,
    flag: "wx",
    flush: true,
  });
  try {
    // A link appears whole or not at all, and never over a file that is there.
    await link(draft, file);
    return secrets;
  } catch (error) {
    const winner = await read(file);
    if (!winner) throw error;
    return winner;
  } finally {
    await rm(draft, { force: true });
  }
}
