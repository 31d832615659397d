import { type ChildProcess, spawn } from "node:child_process";
import { signal } from "../embedded/process.ts";

export interface InstanceSpec {
  name: string;
  /** The program and its arguments. */
  command: [string, ...string[]];
  cwd: string;
  env: Record<string, string | undefined>;
}

export interface SupervisorOptions {
  log: (line: string) => void;
  /** Called at every exit that nobody asked for. */
  onExit?: (name: string, how: string) => void;
  /** Called with every message that is no request to kill. */
  onMessage?: (name: string, message: unknown) => void;
  /** How long an instance may take to end after SIGTERM, in milliseconds. */
  graceMs?: number;
}

export interface Supervisor {
  /** SIGKILL, as an instance asks for over IPC with `{ type: "kill", name }`. */
  kill(name: string): boolean;
  /** Graceful end of one instance, and a new one in its place. */
  restart(name: string): void;
  /** SIGTERM to all, SIGKILL to who is still there after the grace. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL to all, at once. */
  force(): void;
}

const RESTART_MS = 300;
const MAX_BACKOFF_MS = 5_000;
/** An instance that lives this long has started well. */
const HEALTHY_MS = 5_000;

/**
 * Starts the instances and replaces one that dies, whatever it dies of: after 300 ms, and twice as
 * long (up to 5 s) each time that it does not live for 5 s. Each leads a process group of its own,
 * so a Ctrl-C of the terminal reaches only us, and what it has started ends with it.
 */
export function supervise(specs: InstanceSpec[], options: SupervisorOptions): Supervisor {
  const { log, onExit, onMessage, graceMs = 12_000 } = options;
  const instances = new Map(specs.map((spec) => [spec.name, new Instance(spec)]));
  let stopping: Promise<void> | undefined;

  function start(instance: Instance): void {
    const { name } = instance.spec;
    const startedAt = Date.now();
    const child = instance.spawn();
    child.on("message", (message: unknown) => {
      const target = killRequest(message);
      if (!target) onMessage?.(name, message);
      else if (!kill(target)) log(`${name} asks to kill ${target}, which does not run`);
    });
    // "exit" does not come where the program could not be started at all.
    child.once("error", (error) => ended(error.message));
    child.once("exit", (code, signal) => ended(signal ?? `code ${code}`));

    let over = false;
    function ended(how: string): void {
      if (over) return;
      over = true;
      instance.sweep(child);
      if (stopping) return;
      const asked = instance.restarting;
      instance.restarting = false;
      const short = Date.now() - startedAt < HEALTHY_MS && !asked;
      instance.backoff = short ? Math.min(instance.backoff * 2, MAX_BACKOFF_MS) : RESTART_MS / 2;
      const wait = asked ? 0 : Math.max(instance.backoff, RESTART_MS);
      if (!asked) {
        log(`instance ${name} ended (${how}); the next one starts in ${wait} ms`);
        onExit?.(name, how);
      }
      instance.timer = setTimeout(() => start(instance), wait);
    }
  }

  function kill(name: string): boolean {
    return instances.get(name)?.signal("SIGKILL") ?? false;
  }

  async function stopAll(): Promise<void> {
    await Promise.all([...instances.values()].map((instance) => instance.end(graceMs)));
  }

  for (const instance of instances.values()) start(instance);
  return {
    kill,
    restart(name) {
      instances.get(name)?.retire(graceMs);
    },
    stop() {
      stopping ??= stopAll();
      return stopping;
    },
    force() {
      stopping ??= Promise.resolve();
      for (const instance of instances.values()) {
        clearTimeout(instance.timer);
        instance.signal("SIGKILL");
      }
    },
  };
}

class Instance {
  readonly spec: InstanceSpec;
  backoff = RESTART_MS / 2;
  restarting = false;
  timer: NodeJS.Timeout | undefined;
  private child: ChildProcess | undefined;

  constructor(spec: InstanceSpec) {
    this.spec = spec;
  }

  spawn(): ChildProcess {
    const [program, ...args] = this.spec.command;
    this.child = spawn(program, args, {
      cwd: this.spec.cwd,
      env: this.spec.env as NodeJS.ProcessEnv,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
    });
    return this.child;
  }

  signal(name: NodeJS.Signals): boolean {
    const { child } = this;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return false;
    return signal(name === "SIGKILL" ? -child.pid : child.pid, name);
  }

  /** Ends what an instance that is gone has left of its group. */
  sweep(child: ChildProcess): void {
    if (child.pid) signal(-child.pid, "SIGKILL");
  }

  async end(graceMs: number): Promise<void> {
    clearTimeout(this.timer);
    const { child } = this;
    if (!this.signal("SIGTERM")) return;
    const late = setTimeout(() => this.signal("SIGKILL"), graceMs);
    await new Promise((resolve) => child?.once("exit", resolve));
    clearTimeout(late);
  }

  retire(graceMs: number): void {
    if (this.restarting) return;
    this.restarting = true;
    if (!this.signal("SIGTERM")) this.restarting = false;
    else void this.end(graceMs);
  }
}

function killRequest(message: unknown): string | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { type, name } = message as { type?: unknown; name?: unknown };
  return type === "kill" && typeof name === "string" ? name : undefined;
}
