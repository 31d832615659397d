import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Ready } from "./launch.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

export type Demo = Pick<Ready, "services"> & { stop(): Promise<void> };

/** The programs that a test run starts. At a signal they are ended first, then we are. */
export class Children {
  interrupted = false;
  private readonly running = new Set<ChildProcess>();

  constructor() {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(name, () => {
        this.interrupted = true;
        for (const child of this.running) child.kill("SIGTERM");
      });
    }
  }

  /** Runs a package's program to its end and answers its exit code. */
  async node([program = "", ...args]: string[], env: Record<string, string>): Promise<number> {
    if (this.interrupted) return 130;
    const child = this.start([locate(program), ...args], env, ["inherit", "inherit", "inherit"]);
    return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  }

  /** Starts a demo and waits until its instances answer. `services`: the variables of its services. */
  async demo(env: Record<string, string>): Promise<Demo> {
    const args = ["--import", "./run/prepare.mjs", "run/demo.ts"];
    const child = this.start(args, env, ["ignore", "inherit", "inherit", "ipc"]);
    const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const { services } = await Promise.race([
      new Promise<Ready>((resolve) =>
        child.once("message", (message) => resolve(message as Ready)),
      ),
      exit.then(() => {
        throw new Error("The demo to test against did not start.");
      }),
    ]);
    return {
      services,
      async stop() {
        child.kill("SIGTERM");
        await exit;
      },
    };
  }

  private start(
    args: string[],
    env: Record<string, string>,
    stdio: ("inherit" | "ignore" | "ipc")[],
  ) {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio,
    });
    this.running.add(child);
    child.once("exit", () => this.running.delete(child));
    return child;
  }
}

/** "package/path" to a file; packages that do not export the path are found by their folder. */
function locate(program: string): string {
  return fileURLToPath(new URL(`../node_modules/${program}`, import.meta.url));
}
