import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedRedis, startRedis } from "../../embedded/redis/index.ts";
import {
  hasRedisServer,
  type RedisServer,
  startRedisServer,
} from "../../embedded/redis/redis-server.fixture.ts";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const fixture = path.join(import.meta.dirname, "burst.fixture.ts");

/** Starts a process that waits for the word. */
async function start(url: string, kind: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", tsx, fixture, url, kind, "200"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(child, "message");
  return child;
}

async function fire(child: ChildProcess): Promise<number> {
  const answer = once(child, "message");
  child.send("now");
  return (await answer)[0];
}

describe.each(["memory", "tcp"])(
  "400 requests at once from two processes, engine: %s",
  (engine) => {
    const missing = engine === "tcp" && !hasRedisServer;
    let server: RedisServer | undefined;
    let redis: EmbeddedRedis;
    beforeAll(async () => {
      if (missing) return;
      if (engine === "tcp") server = await startRedisServer();
      redis = await startRedis({ token: "token", engine: server ? { url: server.url } : "memory" });
    });
    afterAll(async () => {
      await redis?.stop();
      await server?.stop();
    });

    it.skipIf(missing).each(["fixed-window", "sliding-window", "token-bucket", "upstash"])(
      "%s admits exactly its limit of 50",
      async (kind) => {
        const children = await Promise.all([start(redis.url, kind), start(redis.url, kind)]);
        const admitted = await Promise.all(children.map(fire));
        expect((admitted[0] ?? 0) + (admitted[1] ?? 0)).toBe(50);
      },
    );
  },
);
