import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findPort, isFree } from "../../embedded/port.ts";
import { startPostgres } from "../../embedded/postgres/index.ts";
import { migrate } from "../../prisma/migrate.ts";
import { seed } from "../../prisma/seed.ts";
import { build } from "../../run/build.ts";
import { emptyDatabase } from "../../run/database.ts";
import { places, specs, untilReady } from "../../run/instances.ts";
import { startServices } from "../../run/services.ts";
import { findPython, uvicorn } from "./python.ts";
import { pinned } from "./usage.ts";

const DATA_DIR = ".data/bench";
const SERVER_CORE = 0;
const START_MS = 60_000;
/** For a look at where the time goes: BENCH_NODE_FLAGS="--cpu-prof --cpu-prof-dir=…". */
const FLAGS = process.env.BENCH_NODE_FLAGS?.split(" ") ?? [];
const root = fileURLToPath(new URL("../..", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** A running program on the servers' core. */
export interface Running {
  /** Where it listens. */
  base: string;
  pid: number;
  stop(): Promise<void>;
}

/** What suites measure on: the backing services, and a way to start servers beside them. */
export interface Stage {
  /** The variables of the backing services: DATABASE_URL and so on. */
  env: Record<string, string>;
  /** Whether figures may be rough: `--quick`. */
  quick: boolean;
  /** Starts the production build of this application, with changes to its environment. */
  application(changes?: Record<string, string>): Promise<Running>;
  /** Starts a program of `peers/`: it listens on the PORT it is given and says so over IPC. */
  peer(name: string, changes?: Record<string, string>): Promise<Running>;
  /** Starts an application of `peers/fastapi/`. Undefined, and said so, where this machine has no FastAPI. */
  fastapi(name: string, changes?: Record<string, string>): Promise<Running | undefined>;
  /** Whether a peer that takes long to warm up is measured: not in a quick run, which says so. */
  hasTimeFor(peer: string): boolean;
  /** Peers that a suite went without, and why. */
  absent: string[];
  stop(): Promise<void>;
}

/** Builds where needed, and starts the services over an empty, migrated and seeded database. */
export async function setStage(quick: boolean): Promise<Stage> {
  // Beside what waits for the database.
  const built = build();
  built.catch(() => undefined);
  const postgres = await startPostgres({ dataDir: DATA_DIR, log: () => undefined });
  const running = new Set<ChildProcess>();
  const python = findPython();
  const absent: string[] = [];
  await emptyDatabase(postgres.url);
  await migrate(postgres.url);
  await seed(postgres.url);
  await built;
  // The executor of jobs must know whom to call: an application listens here where it can.
  const reserved = await findPort();
  const origins = [`http://127.0.0.1:${reserved}`];
  const services = await startServices(DATA_DIR, () => undefined, origins);
  const env = services.env;

  async function start(command: string[], own: Record<string, string>): Promise<ChildProcess> {
    const [program = "", ...args] = pinned(SERVER_CORE, command);
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env, ...own },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    running.add(child);
    child.once("exit", () => running.delete(child));
    return child;
  }

  function goWithout(why: string): void {
    absent.push(why);
    console.log(`  ! ${why}`);
  }

  const handle = (child: ChildProcess, base: string): Running => ({
    base,
    pid: child.pid as number,
    async stop() {
      if (!running.has(child)) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  });

  return {
    env,
    quick,
    absent,
    async application(changes = {}) {
      const all = places((await isFree(reserved)) ? reserved : await findPort(), 1);
      const [spec] = specs(all, [process.execPath, "dist/server.js"], root, env);
      // All clients come from one address, and are not what is measured.
      const lifted = {
        ...{
          GUESTS_PER_ADDRESS: "1000000",
          ADDRESS_LIMIT_FACTOR: "0",
          ANSWERS_PER_INSTANCE: "100000",
        },
      };
      const own = {
        ...spec?.env,
        NODE_ENV: "production",
        LOG_LEVEL: "error",
        ...lifted,
        ...changes,
      };
      const child = await start(
        [process.execPath, ...FLAGS, "dist/server.js"],
        own as Record<string, string>,
      );
      const failed = once(child, "exit").then(() => {
        throw new Error("The application ended while it started.");
      });
      failed.catch(() => undefined);
      await untilReady(all, failed, START_MS);
      return handle(child, `http://127.0.0.1:${all[0]?.port}`);
    },
    async peer(name, changes = {}) {
      const port = await findPort();
      const command = [process.execPath, "--import", tsx, `bench/peers/${name}.ts`];
      const child = await start(command, {
        PORT: String(port),
        NODE_ENV: "production",
        ...changes,
      });
      await Promise.race([
        once(child, "message"),
        once(child, "exit").then(() => {
          throw new Error(`The peer ${name} ended while it started.`);
        }),
      ]);
      return handle(child, `http://127.0.0.1:${port}`);
    },
    hasTimeFor(peer) {
      if (quick) goWithout(`${peer}: not in a quick run.`);
      return !quick;
    },
    async fastapi(name, changes = {}) {
      if (!python) {
        goWithout("FastAPI: there is no Python with fastapi and uvicorn on this machine.");
        return undefined;
      }
      const port = await findPort();
      const child = await start(uvicorn(python, name, port), changes);
      const base = `http://127.0.0.1:${port}`;
      const deadline = Date.now() + START_MS;
      while (!(await fetch(`${base}/docs`).catch(() => undefined))) {
        if (child.exitCode !== null || Date.now() > deadline)
          throw new Error(`The FastAPI application ${name} did not start.`);
        await delay(100);
      }
      return handle(child, base);
    },
    async stop() {
      for (const child of running) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      await services.stop();
      await postgres.stop();
    },
  };
}
