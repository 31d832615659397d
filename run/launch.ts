import { fileURLToPath } from "node:url";
import { dataDirectory } from "./database.ts";
import { originsOf, places, specs, untilReady } from "./instances.ts";
import { acquireLock, type Lock } from "./lock.ts";
import { type Services, startServices } from "./services.ts";
import { endOnSignals } from "./shutdown.ts";
import { checkDisk, checkPorts, explain, step } from "./steps.ts";
import { type InstanceSpec, type Supervisor, supervise } from "./supervisor.ts";

export interface Launch {
  /** The npm script, as messages name it. */
  what: "demo" | "dev";
  instances: number;
  command: InstanceSpec["command"];
  env: Record<string, string>;
  /** Steps between the services and the instances. */
  prepare: (databaseUrl: string) => Promise<void>;
  megabytes: number;
  /** Called once all instances answer. */
  onReady?: (supervisor: Supervisor) => void;
}

/** What the demo tells the process that has started it, once all instances answer. */
export interface Ready {
  type: "ready";
  /** The variables of its backing services. */
  services: Record<string, string>;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The order of the demo and of development: lock, checks, services, `prepare`, instances under the
 * supervisor, addresses. Runs until a signal ends it; whatever fails ends all that was started.
 */
export async function launch(options: Launch): Promise<void> {
  const { what, env, command, prepare, megabytes, onReady } = options;
  const dataDir = dataDirectory();
  let lock: Lock | undefined;
  let services: Services | undefined;
  let supervisor: Supervisor | undefined;
  let ending: Promise<void> | undefined;

  const end = async () => {
    await supervisor?.stop();
    await services?.stop();
    await lock?.release();
  };
  const stop = () => {
    ending ??= end();
    return ending;
  };
  endOnSignals({
    stop: () => {
      console.log("\nEnding …");
      return stop();
    },
    force: () => supervisor?.force(),
  });

  console.log(`Patternbook, npm run ${what}, on Node ${process.version}`);
  try {
    const all = places(Number(process.env.PORT || 3000), options.instances);
    const ports = all.map(({ port }) => port);
    const held = await acquireLock(
      dataDir,
      what,
      all.map(({ address }) => address),
    );
    lock = held;
    await step("room on the disk, free ports", async () => {
      await checkDisk(dataDir, megabytes);
      await checkPorts(ports, what, held.tookOver ? 15_000 : 0);
    });
    const lines: string[] = [];
    const started = await step("backing services", async () => {
      services = await startServices(dataDir, (line) => lines.push(`  ${line}`), originsOf(all));
      return services;
    });
    for (const line of lines) console.log(line);
    await prepare(started.databaseUrl);
    const running = await step(`instances ${all.map(({ name }) => name).join(", ")}`, async () => {
      let fail: (error: Error) => void = () => undefined;
      const failed = new Promise<never>((_, reject) => {
        fail = reject;
      });
      failed.catch(() => undefined);
      supervisor = supervise(specs(all, command, root, { ...started.env, ...env }), {
        log: (line) => console.error(line),
        // Only until all are ready: later, the supervisor deals with it.
        onExit: (name, how) => fail(new Error(`Instance ${name} ended while it started (${how}).`)),
      });
      await untilReady(all, failed, 120_000);
      return supervisor;
    });
    if (ending) return;
    console.log(
      [
        "",
        ...all.map(({ name, address }) => `  ${name}  ${address}`),
        "",
        "Ctrl-C ends it.",
        "",
      ].join("\n"),
    );
    process.send?.({ type: "ready", services: started.env } satisfies Ready);
    onReady?.(running);
  } catch (error) {
    // A step that fails because we are ending is not news.
    if (ending) return;
    console.error(`\n${explain(error)}`);
    await stop();
    process.exit(1);
  }
}
