import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { untilReady } from "./instances";

/** An instance of a test's own, over the database of the demo under test. */
export interface OwnInstance {
  base: string;
  process: ChildProcess;
  /** Everything it has written. */
  output(): string;
  /** Sends a signal, and answers the exit code and how long it took. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
}

const { OPENAI_API_KEY = "", OPENAI_BASE_URL = "", OPENAI_MODEL = "" } = process.env;
/** For startInstance: the demo's answerer. */
export const answered = { OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL };

/**
 * Starts the production server on a free port, or on that of `changes`, with changes to its environment.
 * `command`: what starts it, where it is not the program itself.
 * @throws Error with all that it has written, where it ends instead
 */
export async function startInstance(
  changes: Record<string, string> = {},
  command: [string, ...string[]] = [process.execPath, "dist/server.js"],
): Promise<OwnInstance> {
  const port = Number(changes.PORT ?? (await freePort()));
  const base = `http://localhost:${port}`;
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      DATABASE_URL: process.env.DATABASE_URL,
      SESSION_SECRET: process.env.SESSION_SECRET,
      S3_ENDPOINT: process.env.S3_ENDPOINT,
      S3_BUCKET: process.env.S3_BUCKET,
      S3_REGION: process.env.S3_REGION,
      AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY,
      INNGEST_BASE_URL: process.env.INNGEST_BASE_URL,
      INNGEST_EVENT_KEY: process.env.INNGEST_EVENT_KEY,
      INNGEST_SIGNING_KEY: process.env.INNGEST_SIGNING_KEY,
      // All of the tests' guests come from one address.
      GUESTS_PER_ADDRESS: "1000000",
      ADDRESS_LIMIT_FACTOR: "1000",
      ANSWERS_PER_INSTANCE: "1000",
      HOST: "127.0.0.1",
      PORT: String(port),
      ...changes,
    },
  });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    output += data;
  });
  await Promise.race([
    untilReady(base),
    once(child, "exit").then(([code]) => {
      throw new Error(`It ended with ${code} before it was ready:\n${output}`);
    }),
  ]).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
  return {
    base,
    process: child,
    output: () => output,
    async end(signal) {
      const begun = Date.now();
      const { exitCode, signalCode } = child;
      const over = exitCode !== null || signalCode !== null;
      const exit = over ? [exitCode] : once(child, "exit");
      child.kill(signal);
      const [code] = await exit;
      return { code, ms: Date.now() - begun };
    },
  };
}

/** A port of loopback that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
