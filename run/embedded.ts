import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findPort } from "../embedded/port.ts";
import type { Listening } from "../embedded/services.ts";
import { type Supervisor, supervise } from "./supervisor.ts";

export interface Embedded {
  /** The address of each service: the same for as long as we run. */
  addresses: Record<string, string>;
  /** SIGKILL; the next one starts on the same ports. */
  kill(): boolean;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The key of each service to start, by its name. */
  keys: Record<string, string>;
  /** What the services need besides, as variables of their process. */
  env?: Record<string, string>;
  log: (line: string) => void;
  /** How long the first start may take, in milliseconds. */
  patienceMs?: number;
}

const NAME = "of the embedded services";
const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Starts the process of the embedded services (embedded/services.ts) and waits until they listen.
 * When it dies it is started again, on the same ports and with the same keys: what the instances
 * have in their environment stays true.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { keys, env = {}, log, patienceMs = 30_000 } = options;
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const names = Object.keys(keys);
  const own: Record<string, string> = { ...env, EMBEDDED_ALLOW_PRODUCTION: "1" };
  for (const name of names) {
    own[`EMBEDDED_${name.toUpperCase()}_PORT`] = String(await findPort());
    own[`EMBEDDED_${name.toUpperCase()}_KEY`] = keys[name] as string;
  }

  let supervisor: Supervisor | undefined;
  let patience: NodeJS.Timeout | undefined;
  const listening = new Promise<Listening>((resolve, reject) => {
    const fail = (how: string) => reject(new Error(`The embedded services do not start (${how}).`));
    patience = setTimeout(() => fail("no word from them"), patienceMs);
    supervisor = supervise(
      [
        {
          name: NAME,
          command: [process.execPath, "--import", tsx, "embedded/services.ts", ...names],
          cwd: root,
          env: { ...process.env, ...own },
        },
      ],
      {
        log,
        graceMs: 3_000,
        onMessage: (_, message) => resolve(message as Listening),
        onExit: (_, how) => fail(how),
      },
    );
  });
  try {
    const { services } = await listening;
    return {
      addresses: services,
      kill: () => supervisor?.kill(NAME) ?? false,
      stop: async () => supervisor?.stop(),
    };
  } catch (error) {
    await supervisor?.stop();
    throw error;
  } finally {
    clearTimeout(patience);
  }
}
