import { RedisError, toBytes } from "./engine.ts";

/** Commands that block, that keep state on a connection which callers share, or that are the operator's. */
const refused = new Set(
  `SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE SSUBSCRIBE SUNSUBSCRIBE MONITOR
  MULTI EXEC DISCARD WATCH UNWATCH SELECT AUTH HELLO RESET QUIT CLIENT ASKING READONLY READWRITE
  BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF XREAD XREADGROUP
  SHUTDOWN DEBUG CONFIG ACL MODULE REPLICAOF SLAVEOF SYNC PSYNC SAVE BGSAVE BGREWRITEAOF FAILOVER
  CLUSTER MIGRATE SWAPDB LATENCY SLOWLOG REPLCONF PFDEBUG PFSELFTEST`.split(/\s+/),
);

const MAX_ARGUMENTS = 10_000;

/**
 * A command from JSON: numbers and booleans as their text, objects as JSON (a number is such an object, see http.ts).
 * @throws RedisError where it is none, or one that is refused here
 */
export function parseCommand(given: unknown): string[] {
  if (!Array.isArray(given) || given.length === 0)
    throw new RedisError("ERR a command is a JSON array that begins with its name");
  if (given.length > MAX_ARGUMENTS)
    throw new RedisError(`ERR a command has ${MAX_ARGUMENTS} arguments at most`);
  const command = given.map(toArgument);
  const name = (command[0] as string).toUpperCase();
  if (refused.has(name))
    throw new RedisError(
      `ERR ${name} is not available over REST: it blocks, keeps state on a connection, or is the operator's`,
    );
  if (/^(SCRIPT|FUNCTION)$/.test(name) && /^(KILL|DEBUG)$/i.test(command[1] ?? ""))
    throw new RedisError(`ERR ${name} KILL and ${name} DEBUG are not available over REST`);
  return [name, ...command.slice(1)];
}

function toArgument(value: unknown): string {
  if (typeof value === "string") return toBytes(value);
  return toBytes(value !== null && typeof value === "object" ? JSON.stringify(value) : `${value}`);
}
