import { Redis } from "ioredis";
import { type Engine, RedisError, type Reply } from "./engine.ts";

const TIMEOUT_MS = 2_000;

/** A Redis over TCP: one connection that all callers share, which is why some commands are refused. */
export function createTcpEngine(url: string): Engine {
  const redis = new Redis(url, {
    // The REST protocol has the shapes of RESP2.
    protocol: 2,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
  // Each command is told; this only keeps the process alive while Redis is away.
  redis.on("error", () => undefined);

  return {
    async run([name = "", ...args]) {
      try {
        return toReply(await redis.callBuffer(name, args.map(fromBytes)));
      } catch (error) {
        throw toRedisError(error);
      }
    },
    async transaction(commands) {
      const multi = redis.multi();
      for (const [name = "", ...args] of commands) multi.callBuffer(name, args.map(fromBytes));
      try {
        const results = (await multi.exec()) ?? [];
        return results.map(([error, reply]) => (error ? toRedisError(error) : toReply(reply)));
      } catch (error) {
        throw toRedisError(error);
      }
    },
    async close() {
      redis.disconnect();
    },
  };
}

const fromBytes = (bytes: string) => Buffer.from(bytes, "latin1");

function toReply(reply: unknown): Reply {
  if (Array.isArray(reply)) return reply.map(toReply);
  if (Buffer.isBuffer(reply)) return reply.toString("latin1");
  if (reply === null || typeof reply === "number") return reply;
  // An error within an array, as a script or EXEC may answer.
  return reply instanceof Error ? reply.message : String(reply);
}

/** Redis's own words where it has answered; ours where it has not. */
function toRedisError(error: unknown): RedisError {
  const { name, message } = error as Error;
  return new RedisError(
    name === "ReplyError" ? message : "ERR the Redis behind this endpoint does not answer",
  );
}
