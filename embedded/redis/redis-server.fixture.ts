import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { findPort } from "../port.ts";

/** Whether this machine has Debian's redis-server, or another. */
export const hasRedisServer =
  spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;

export interface RedisServer {
  url: string;
  stop(): Promise<void>;
}

/** A real Redis on a free port of loopback, which keeps nothing. */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await findPort();
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server: ChildProcess = spawn("redis-server", options, { stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  const probe = new Redis(url, { maxRetriesPerRequest: 50, retryStrategy: () => 100 });
  probe.on("error", () => undefined);
  await probe.ping();
  probe.disconnect();
  return {
    url,
    async stop() {
      if (server.exitCode !== null) return;
      server.kill("SIGKILL");
      await once(server, "exit");
    },
  };
}
